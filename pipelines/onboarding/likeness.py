"""How alike two column headers are in meaning, though worded differently.

Belongs here: words that people use for one another in headers, and a score from 0 to 1. Pure.
Does not belong here: which headers stand for which column of the contract (`vocabulary`).

A header is cut into words; each word stands for its group. Words that only tell the kind of a value (编号, 日期) count
less than those that tell what it is about (入职, 合同). What is in no group counts by its characters.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

# One group of words a line; the first stands for the others.
# Words for kinds of values.
_KINDS = """
    编号 号码 编码 代码 单号 序号 流水号 id no number code 号
    日期 时间 日 date time datetime at on
    名称 全称 简称 title
    类型 类别 种类 分类 性质 type category kind
    状态 status state
    金额 总额 款 额 amount total sum
    数 数量 次数 count quantity qty
    原因 事由 理由 reason
    方式 渠道 途径 method channel
    的 of the a 信息 情况 ( ) 元 是否 is 本次 当前
"""
# Words for things and deeds.
_THINGS = """
    员工 人员 职工 雇员 人事 employee staff worker personnel emp
    工号 员工编号 员工号 人员编号 人员编码 职工号 职工编号 员工编码 badge staffno empno jobnumber 工牌号 员工id
    姓名 名字 员工姓名 人员姓名 name full_name fullname realname
    性别 gender sex
    出生 生日 出生年月 birth birthday dob
    入职 入司 到岗 进厂 参加本单位 到职 入厂 hire hired join joined entry onboard
    试用期 试用 转正 probation regularization
    劳动合同 合同 协议 contract agreement
    签订 签署 签约 签 sign signed signature
    到期 截止 终止 期满 届满 expiry expiration expire end ends due 结束 止
    开始 起始 生效 起 start starts from begin effective
    组织单元 部门 科室 机构 组织 所在部门 所属部门 department dept unit org org_unit
    职位 岗位 职务 职称 position post job role
    直接上级 直属上级 上级 主管 直属主管 汇报对象 汇报人 领导 manager supervisor boss reports report_to
    在职 任职 用工 employment
    离职 辞职 离岗 resignation resign termination leaving left quit
    申请 提出 发起 notice apply application request 提交 submit submitted
    最后 末次 last final
    手机 移动电话 电话 联系电话 联系方式 手机号 手机号码 phone mobile tel cell
    邮箱 邮件 电子邮箱 电子邮件 e_mail email mail
    即时通讯 微信 企业微信 钉钉 im wechat
    账号 帐号 账户 帐户 登录名 用户名 用户 account login user userid
    工时 时长 小时 hours hour
    考勤 出勤 attendance
    班次 排班 班 shift schedule
    打卡 刷卡 签到 考勤打卡 punch checkin check_in swipe
    迟到 late tardy
    早退 early
    旷工 缺勤 absent absence
    加班 overtime ot
    休息 休息时间 break rest
    请假 休假 假期 假 leave vacation
    地点 位置 地址 place location address addr
    客户 顾客 会员 买家 购买方 购货方 往来单位 customer client buyer member acct
    订单 单据 销售单 订货 order orders
    下单 成交 订购 拍下 订单创建 ordered placed
    原价 标价 应付 应收 总金额 吊牌价 list gross
    实付 实收 实际支付 成交价 支付 净额 paid net actual
    折扣 折让 优惠 discount
    商品 产品 货品 宝贝 物料 sku product item goods
    负责人 归属人 跟进人 业务员 销售员 销售 客户经理 owner salesperson sales agent rep
    创建 建档 录入 新建 created create creation
    联系人 contact
    币种 货币 币别 currency
    商机 机会 opportunity deal
    阶段 stage phase
    备注 说明 附言 memo remark note comment
    摘要 事项 summary description
    科目 会计科目 account_subject subject
    借方 借 debit
    贷方 贷 credit
    会计期间 期间 月份 所属月份 所属期 会计月 period month
    审批 流程 审核 approval approve
    基本工资 底薪 基薪 固定工资 base_pay base basic
    实发 实发工资 到手 net_pay
    个人所得税 个税 所得税 tax
    绩效 performance
    奖金 bonus
    津贴 补贴 津贴补贴 餐补 allowance
    单位 公司 企业 employer company
    社保 社会保险 五险 insurance
    公积金 住房公积金 housing_fund
    发放 发薪 pay
    行号 分录号 序 line line_no
    凭证 voucher
    记账 入账 制单 posted posting
    区域 地区 大区 省份 region area
    行业 industry sector
    等级 级别 grade level rank
    评分 得分 分数 score
    会话 对话 conversation session
    消息 信息内容 message msg
    内容 正文 text content body
    发送 sent send
    工单 服务单 ticket
    满意 satisfaction
    经度 longitude lng lon
    纬度 latitude lat
"""
_KIND_WEIGHT, _THING_WEIGHT, _CHARACTER_WEIGHT = 0.35, 1.0, 0.5
_KIND, _THING = "kind", "thing"
# word -> (whether its group tells a kind or a thing, the group's first word)
_GROUPS: dict[str, tuple[str, str]] = {
    word: (sort, line.split()[0])
    for sort, lines in ((_KIND, _KINDS), (_THING, _THINGS))
    for line in lines.strip().splitlines()
    for word in line.split()
}
_CHINESE = sorted((w for w in _GROUPS if any("\u3400" <= c <= "\u9fff" for c in w)), key=len, reverse=True)
_LATIN_WORD = re.compile(r"[a-z0-9]+")
_MARKS = frozenset("_()[]{}【】:.,、，。*#·|")
_ONLY_KIND = 0.3
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def _plain(header: str) -> str:
    text = _CAMEL.sub("_", unicodedata.normalize("NFKC", header)).casefold()
    return re.sub(r"[\s\-_/]+", "_", text).strip("_*")


# A word's group, or the word itself where it is in none.
Word = tuple[str, str]


@lru_cache(maxsize=65536)
def words_of(header: str) -> tuple[tuple[Word, float], ...]:
    """The header's words, each once, with their weights."""
    text = _plain(header)
    found: dict[Word, float] = {}

    def take(word: str, otherwise: float) -> None:
        group = _GROUPS.get(word, ("", word))
        weight = {_KIND: _KIND_WEIGHT, _THING: _THING_WEIGHT}.get(group[0], otherwise)
        found[group] = max(weight, found.get(group, 0))

    if text in _GROUPS:
        take(text, _THING_WEIGHT)
        return tuple(found.items())
    position = 0
    while position < len(text):
        latin = _LATIN_WORD.match(text, position)
        if latin:
            take(latin.group(), _THING_WEIGHT)
            position = latin.end()
            continue
        word = next((w for w in _CHINESE if text.startswith(w, position)), text[position])
        if word not in _MARKS:
            take(word, _CHARACTER_WEIGHT)
        position += len(word)
    return tuple(found.items())


@lru_cache(maxsize=65536)
def likeness(one: str, other: str) -> float:
    """0 nothing in common, 1 the same."""
    first, second = dict(words_of(one)), dict(words_of(other))
    if not first or not second:
        return 0.0
    common = first.keys() & second.keys()
    words = 2 * sum(min(first[w], second[w]) for w in common) / (sum(first.values()) + sum(second.values()))
    if all(sort == _KIND for sort, _ in common):
        # They tell the same kind of value, and nothing says that it is of the same thing.
        return min(_ONLY_KIND, words)
    return 0.8 * words + 0.2 * SequenceMatcher(None, _plain(one), _plain(other)).ratio()


def known_share(header: str) -> float:
    """How much of a header is made of known words: what stands in headers rather than in records."""
    words = words_of(header)
    total = sum(weight for _, weight in words)
    return sum(weight for (sort, _), weight in words if sort) / total if total else 0.0
