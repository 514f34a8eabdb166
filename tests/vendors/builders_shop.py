"""Made-up orders, chats, sessions, guests and customers in the layouts of shops, hotels and CRM systems.

Belongs here: the facts, and one function per layout that writes them as that system's export does.
Does not belong here: file formats (`files_finance`), what is expected of the landing (the tests).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Row = list[Any]

# ------------------------------------------------------------ orders


@dataclass(frozen=True)
class Order:
    """One shop order. Nothing is charged for the parcel, so the total is the price of the goods."""

    number: str
    buyer: str
    created: str
    total: str
    paid: str
    said: str
    """The status in the shop's words."""
    status: str
    address: str = "浙江省 杭州市 西湖区 沙洲街道****"
    closed_because: str = "订单未关闭"


PAID, SENT = "买家已付款，等待卖家发货", "卖家已发货，等待买家确认"
ORDERS: tuple[Order, ...] = (
    Order("3141592653589793238", "tb8946567709", "2026-03-01 10:20:30", "299.00", "269.10", "交易成功", "shipped"),
    Order("3141592653589793239", "小明a", "2026-03-02 00:00:05", "1000.00", "1000.00", PAID, "committed"),
    Order("3141592653589793240", "tb8946567709", "2026-03-02 23:59:59", "88.80", "88.80", SENT, "shipped"),
    Order("3141592653589793241", "王五", "2026-03-03 09:00:00", "15.00", "0.00", "等待买家付款", "draft"),
    Order(
        "3141592653589793242",
        "赵六",
        "2026-03-04 08:07:06",
        "20.00",
        "0.00",
        "交易关闭",
        "cancelled",
        closed_because="买家未付款",
    ),
)

OLD_HEADER = [
    "订单编号",
    "买家会员名",
    "买家支付宝账号",
    "支付交易号",
    "买家应付货款",
    "买家应付邮费",
    "买家支付积分",
    "总金额",
    "返点积分",
    "买家实际支付金额",
    "买家实际支付积分",
    "订单状态",
    "买家留言",
    "收货人姓名",
    "收货地址 ",
    "运送方式",
    "联系电话 ",
    "联系手机",
    "订单创建时间",
    "订单付款时间 ",
    "宝贝标题 ",
    "宝贝种类 ",
    "物流单号 ",
    "物流公司",
    "订单备注",
    "宝贝总数量",
    "店铺Id",
    "店铺名称",
    "订单关闭原因",
    "卖家服务费",
    "买家服务费",
    "发票抬头",
    "是否手机订单",
    "分阶段订单信息",
    "定金排名",
    "修改后的sku",
    "修改后的收货地址",
    "异常信息",
    "天猫卡券抵扣",
    "集分宝抵扣",
    "是否是O2O交易",
    "买家姓名",
    "买家身份证号",
    "买家手机号",
]


def taobao_orders(guard: str = "'{}", orders: tuple[Order, ...] = ORDERS) -> list[Row]:
    """The old order list. `guard` is how the shop keeps spreadsheets from spoiling the number."""
    rows: list[Row] = [list(OLD_HEADER)]
    for order in orders:
        cells = {
            "订单编号": guard.format(order.number),
            "买家会员名": order.buyer,
            "支付交易号": "'2026030122001",
            "买家应付货款": order.total,
            "买家应付邮费": "0.00",
            "买家支付积分": "0",
            "总金额": order.total,
            "返点积分": "0",
            "买家实际支付金额": order.paid,
            "买家实际支付积分": "0",
            "订单状态": order.said,
            "收货地址 ": order.address,
            "运送方式": "快递",
            "联系电话 ": "'",
            "联系手机": "'138****0001",
            "订单创建时间": order.created,
            "订单付款时间 ": order.created if float(order.paid) else "",
            "宝贝标题 ": '羽绒服 "冬季", 加厚',
            "宝贝种类 ": "1",
            "订单备注": "'null",
            "宝贝总数量": "1",
            "店铺名称": "虎符旗舰店",
            "订单关闭原因": order.closed_because,
            "是否手机订单": "手机订单",
        }
        rows.append([cells.get(name, "") for name in OLD_HEADER])
    return rows


def without(rows: list[Row], *names: str) -> list[Row]:
    """The same table of an older version of the system: some columns did not exist, names have no blanks."""
    keep = [i for i, name in enumerate(rows[0]) if name not in names]
    return [[row[i].strip() if number == 0 else row[i] for i in keep] for number, row in enumerate(rows)]


NEW_HEADER = (
    "订单编号 支付单号 买家应付货款 买家应付邮费 总金额 买家实付金额 订单状态 收货地址 运送方式 订单创建时间 商品标题 "
    "宝贝种类 物流单号 物流公司 备注标签 商家备注 宝贝总数量 开票信息 手机订单 商品属性SKU 发货时间"
).split()


def qianniu_orders(spoilt: bool = False) -> list[Row]:
    """The new order list: no buyer, masked address. With `spoilt` a spreadsheet made the last number a number."""
    rows: list[Row] = [list(NEW_HEADER)]
    for order in ORDERS:
        cells: dict[str, Any] = {
            "订单编号": order.number,
            "支付单号": f"2026030{order.number[-4:]}22001",
            "买家应付货款": order.total,
            "买家应付邮费": "0.00",
            "总金额": order.total,
            "买家实付金额": order.paid,
            "订单状态": order.said.replace("，", ","),
            "收货地址": "沙洲街道****",
            "运送方式": "虚拟物品",
            "订单创建时间": order.created,
            "商品标题": "羽绒服",
            "宝贝种类": 1,
            "备注标签": "",
            "宝贝总数量": 1,
            "手机订单": "手机订单",
            "商品属性SKU": "颜色分类:黑;尺码:L",
        }
        rows.append([cells.get(name) for name in NEW_HEADER])
    if spoilt:
        rows[-1][0] = float(rows[-1][0])
    return rows


LINE_HEADER = (
    "子订单编号 主订单编号 商品标题 商品价格 购买数量 商品属性 商家编码 买家应付货款 买家实付金额 订单状态"
).split()


def sub_orders() -> list[Row]:
    """Sub-orders: two of one order, one of another; the second is sold at 30 % of its price."""
    first, second = ORDERS[0].number, ORDERS[1].number
    return [
        list(LINE_HEADER),
        ["3141592653589793901", first, "羽绒服", "199.00", "1", "黑;L", "SKU-1", "199.00", "199.00", "交易成功"],
        ["3141592653589793902", first, "羊毛袜", "50.00", "2", "灰", "SKU-2", "30.00", "30.00", "交易成功"],
        ["3141592653589793903", second, "大衣", "1000.00", "1", "驼;M", "SKU-3", "1000.00", "1000.00", "已付款"],
    ]


# ------------------------------------------------------------ chats

SHOP_ACCOUNT = "虎符旗舰店:小王"
BUYER = "tb8946567709"
OTHER_BUYER = "小明a"


@dataclass(frozen=True)
class Said:
    """One chat message."""

    at: str
    by: str
    text: str

    @property
    def sender(self) -> str:
        return "agent" if ":" in self.by else "customer"


TALK: tuple[Said, ...] = (
    Said("2026-03-05 09:08:07", BUYER, "在吗"),
    Said("2026-03-05 09:08:40", SHOP_ACCOUNT, "您好：在的"),
    Said("2026-03-05 09:09:00", BUYER, "在吗"),
    Said("2026-03-05 09:09:01", BUYER, "可以便宜点吗\n两件一起买"),
    Said("2026-03-05 09:10:59", SHOP_ACCOUNT, "可以的，打8折"),
)
OTHER_TALK: tuple[Said, ...] = (
    Said("2026-03-05 10:00:00", OTHER_BUYER, "发货了吗"),
    Said("2026-03-05 10:01:30", SHOP_ACCOUNT, "今天发"),
)


def chat_sheet(buyer: str, talk: tuple[Said, ...]) -> list[Row]:
    """Shape 1: one row a message, the time of day without its day."""
    rows: list[Row] = ["客户名 消息序号 发送时间 发送内容 发送账号 账号类型".split()]
    for number, said in enumerate(talk, start=1):
        kind = "客服" if said.sender == "agent" else "客户"
        rows.append([buyer, number, said.at[11:], said.text, said.by, kind])
    return rows


def chat_summary(exported: str) -> list[Row]:
    """Shape 1: the exporter's own list of what it wrote."""
    return [
        "客户名 状态 消息数 是否生成工作表 失败原因 导出时间".split(),
        [BUYER, "成功", len(TALK), "是", None, exported],
        [OTHER_BUYER, "成功", len(OTHER_TALK), "是", None, exported],
        ["失联的客户", "失败", 0, "否", "没有消息", exported],
    ]


def chat_cells() -> list[Row]:
    """Shape 2: a customer's whole talk in one cell."""
    return [
        ["客户ID", "聊天记录"],
        *[[buyer, "\n".join(f"{x.at}\n{x.by}：{x.text}" for x in talk)] for buyer, talk in _TALKS],
    ]


_TALKS = ((BUYER, TALK), (OTHER_BUYER, OTHER_TALK))

# Shape 3. Times as the chat window shows them: no zero before month, day and hour.
COPIED_TALK: tuple[Said, ...] = (
    Said("2025-03-05 09:08:07", BUYER, "在吗"),
    Said("2025-03-05 09:08:40", SHOP_ACCOUNT, "您好，在的"),
    Said("2025-03-05 09:09:01", BUYER, "可以便宜点吗\n两件一起买"),
    Said("2025-03-05 09:10:59", SHOP_ACCOUNT, "可以的"),
    Said("2025-03-05 09:12:30", BUYER, "好"),
)
COPIED_LINES = [
    "当前用户来自 手机淘宝 商品详情页",
    f"{BUYER}2025-3-5 9:08:07",
    "在吗",
    "已读",
    f"{SHOP_ACCOUNT} 2025-03-05 09:08:40",
    "您好，在的",
    "已读",
    f"{BUYER}",
    "2025-3-5 9:09:01",
    "可以便宜点吗",
    "两件一起买",
    "未读",
    f"{BUYER} 撤回了一条消息",
    "由 服务助手 转交给 虎符旗舰店:小王",
    f"虎符旗舰店:小李 --> {SHOP_ACCOUNT} 2025-3-5 9:10:00",
    f"{SHOP_ACCOUNT}2025-3-5 9:10:59",
    "可以的",
    "发送中",
    f"{BUYER} 2025-3-5 9:12:30",
    "好",
]


def copied_chat(newline: str = "\r\n") -> str:
    return newline.join(COPIED_LINES) + newline


# ------------------------------------------------------------ sessions

SESSION_HEADER = (
    "会话ID 会话开始时间 会话结束时间 用户ID 用户名称 分类 满意度 总会话消息数 客服ID 客服名称 咨询结果 是否邀请评价 "
    "会话总时长(秒) 首次响应时长(秒) 第一次发言者 最后发言者 用户最后消息时间 客服最后消息时间 第一条消息时间 "
    "最后一条消息时间 成功接入客服时间 客服首次回复时间"
).split()


def sessions() -> list[Row]:
    """Online-service sessions: rated, unrated, never answered."""

    def session(number: str, begin: str, end: str, category: str, rating: str, reply: str) -> Row:
        cells = {
            "会话ID": number,
            "会话开始时间": begin,
            "会话结束时间": end,
            "用户ID": "U100",
            "用户名称": "小明",
            "分类": category,
            "满意度": rating,
            "总会话消息数": 6,
            "客服ID": "KF01",
            "客服名称": "小王",
            "最后发言者": "FO-7",
            "咨询结果": "已解决",
            "是否邀请评价": "是",
            "会话总时长(秒)": 600,
            "首次响应时长(秒)": 35,
            "客服首次回复时间": reply,
        }
        return [cells.get(name) for name in SESSION_HEADER]

    return [
        list(SESSION_HEADER),
        session("S1", "2026-03-01 09:00:00", "2026-03-01 09:10:00", "售后/退款", "非常满意", "2026-03-01 09:00:35"),
        session("S2", "2026-03-01 23:55:00", "2026-03-02 00:05:00", "咨询", "不满意", "2026-03-01 23:55:35"),
        session("S3", "2026-03-02 10:00:00", "2026-03-02 10:10:00", "投诉", "未评价", "--"),
    ]


# ------------------------------------------------------------ hotel (Foxhis)

MASTER_HEADER = (
    "accnt haccnt groupno type rmnum roomno bdate sta arr dep agent cusno source class src market restype channel "
    "share gstno children ratecode packages rmrate qtrate setrate rtreason discount addbed paycode limit applname "
    "araccnt phone extra charge credit accredit lastnumb srqs amenities master resno crsno ref card saleid resby "
    "restime ciby citime coby cotime cby changed"
).split()


@dataclass(frozen=True)
class Stay:
    """One reservation or stay. `rate` is the public price of a night, `agreed` the one that was sold."""

    account: str
    guest: str
    state: str
    status: tuple[str, ...]
    """Any of these is a fair reading of the state."""
    booked: str
    arrival: str
    departure: str
    nights: int
    rate: float
    agreed: float
    seller: str | None = "S01"


BOOKED, IN_HOUSE, LEFT = ("committed",), ("committed", "shipped"), ("shipped",)
STAYS: tuple[Stay, ...] = (
    Stay("F0001", "H100", "O", LEFT, "2026-02-20 11:00:00", "2026-03-01", "2026-03-02", 1, 500.0, 450.0),
    Stay("F0002", "H101", "I", IN_HOUSE, "2026-02-28 23:30:00", "2026-03-03", "2026-03-05", 2, 500.0, 450.0),
    Stay("F0003", "H100", "R", BOOKED, "2026-03-01 08:00:00", "2026-04-01", "2026-04-02", 1, 800.0, 800.0, None),
)


def foxhis_master() -> list[Row]:
    rows: list[Row] = [list(MASTER_HEADER)]
    for stay in STAYS:
        cells: dict[str, Any] = {
            "accnt": stay.account,
            "haccnt": stay.guest,
            "type": "DLX",
            "rmnum": 1,
            "roomno": "0808",
            "bdate": stay.arrival,
            "sta": stay.state,
            "arr": f"{stay.arrival} 14:00:00",
            "dep": f"{stay.departure} 12:00:00",
            "class": "F",
            "channel": "WEB",
            "rmrate": stay.rate,
            "qtrate": stay.rate,
            "setrate": stay.agreed,
            "charge": 0.0 if stay.state == "R" else stay.agreed * stay.nights,
            "credit": 0.0,
            "saleid": stay.seller,
            "resby": "FO1",
            "restime": stay.booked,
            "changed": stay.booked,
        }
        rows.append([cells.get(name) for name in MASTER_HEADER])
    return rows


GUEST_HEADER = (
    "账号 客人姓名 房号 房类 状态 到日 离日 房价 房价码 市场 来源 渠道 协议单位 消费 付款 余额 营业日期 操作员"
).split()


def foxhis_guests() -> list[Row]:
    """Guests and their folios, the list that a front desk prints, with its total."""
    rows: list[Row] = [["在住客人报表", *[None] * 17], list(GUEST_HEADER)]
    words = {"O": "离店", "I": "在住", "R": "预订"}
    for stay, name in zip(STAYS, ("王先生", "李女士", "王先生"), strict=True):
        spent = 0.0 if stay.state == "R" else stay.agreed * stay.nights
        cells: dict[str, Any] = {
            "账号": stay.account,
            "客人姓名": name,
            "房号": "0808",
            "房类": "豪华房",
            "状态": words[stay.state],
            "到日": stay.arrival,
            "离日": stay.departure,
            "房价": stay.agreed,
            "房价码": "RAC",
            "市场": "散客",
            "渠道": "官网",
            "协议单位": "甲公司",
            "消费": spent,
            "付款": spent,
            "余额": 0.0,
            "营业日期": stay.arrival,
            "操作员": "FO1",
        }
        rows.append([cells.get(column) for column in GUEST_HEADER])
    rows.append(["合　计", *[None] * 12, 1350.0, 1350.0, 0.0, None, None])
    return rows


# ------------------------------------------------------------ CRM

ACCOUNT_HEADER = (
    "name account_no account_level account_type account_source deal_status industry_level1 industry_level2 tel email "
    "country province city district owner owner_department owner_modified_time last_followed_time "
    "last_deal_closed_time high_seas_name biz_status life_status claimed_time create_time created_by "
    "last_modified_time parent_account_id leads_id transfer_count remaining_time field_a1B2c__c"
).split()


def fxiaoke_accounts() -> list[Row]:
    """纷享销客 customers: one owned and sold to, one in the public pool. The last column is the company's own."""

    def account(number: str, name: str, **more: Any) -> Row:
        cells = {"account_no": number, "name": name, "country": "中国", "province": "浙江省", "city": "杭州市"} | more
        return [cells.get(column) for column in ACCOUNT_HEADER]

    return [
        list(ACCOUNT_HEADER),
        account(
            "20260105-000001",
            "示例科技有限公司",
            deal_status="已成交",
            industry_level1="制造业",
            tel="0571-88880001",
            owner="FSUID_7A01",
            create_time="2026-01-05 09:30:00",
            life_status="正常",
            field_a1B2c__c="战略客户",
        ),
        account(
            "20260105-000002",
            "无主商贸",
            deal_status="未成交",
            tel="138****0002",
            high_seas_name="华东公海",
            create_time="2026-01-06 10:00:00",
            life_status="正常",
        ),
    ]


FXIAOKE_OPPORTUNITY = (
    "_id name account_id owner sales_stage sales_status amount probability close_date create_time life_status "
    "field_9Zz__c"
).split()
# id, stage and state as the system says them, stages of the contract that are fair readings, amount
DEALS: tuple[tuple[str, str, str, tuple[str, ...], str], ...] = (
    ("opp1", "合同签订", "赢单", ("won",), "120000.50"),
    ("opp2", "方案报价", "输单", ("lost",), "8000.00"),
    ("opp3", "方案报价", "进行中", ("engaging", "prospecting"), "15000.00"),
)


def fxiaoke_opportunities() -> list[Row]:
    rows: list[Row] = [list(FXIAOKE_OPPORTUNITY)]
    for ident, stage, state, _, amount in DEALS:
        cells = {
            "_id": ident,
            "name": f"商机{ident}",
            "account_id": "acc1",
            "owner": "FSUID_7A01",
            "sales_stage": stage,
            "sales_status": state,
            "amount": amount,
            "probability": "50%",
            "close_date": "2026-03-31",
            "create_time": "2026-02-01 16:30:00",
            "field_9Zz__c": "重点",
        }
        rows.append([cells.get(name, "") for name in FXIAOKE_OPPORTUNITY])
    return rows


XIAOSHOUYI_HEADER = (
    "entityType name accountId ownerId dimDepart enableFlg customItem1__c customItem12__c createdAt"
).split()


def xiaoshouyi_accounts() -> list[Row]:
    return [
        list(XIAOSHOUYI_HEADER),
        ["1101", "示例科技有限公司", "3000000000000001", "9001", "D01", "1", "战略客户", "", "2026-01-05 09:30:00"],
        ["1101", "甲方集团", "3000000000000002", "9002", "D02", "1", "", "华东", "2026-01-06 10:00:00"],
    ]


SALESFORCE_ACCOUNT = (
    "Id IsDeleted Name Type ParentId BillingStreet BillingCity BillingState BillingCountry Phone Industry OwnerId "
    "CreatedDate CreatedById LastModifiedDate Region_Code__c"
).split()
SALESFORCE_OPPORTUNITY = (
    "Id IsDeleted AccountId Name StageName Amount Probability CloseDate IsClosed IsWon OwnerId CreatedDate CreatedById "
    "LastModifiedDate Deal_Desk__c"
).split()


def salesforce_accounts() -> list[Row]:
    def account(ident: str, name: str, deleted: str = "0", **more: Any) -> Row:
        cells = {"Id": ident, "IsDeleted": deleted, "Name": name, "Type": "Customer", "Industry": "Retail"}
        cells |= {"OwnerId": "0055g00000AAAA1AAX", "CreatedDate": "2026-01-05T01:30:00.000Z"} | more
        return [cells.get(column, "") for column in SALESFORCE_ACCOUNT]

    return [
        list(SALESFORCE_ACCOUNT),
        account("0015g00000XXXX1AAA", "Acme 上海", Phone="+86 21 5555 0001", Region_Code__c="EAST-7"),
        account("0015g00000XXXX2AAA", "Globex"),
    ]


OPPORTUNITIES: tuple[tuple[str, str, str, str, str], ...] = (
    # id, account, stage as Salesforce says it, stage of the contract, amount
    ("0065g00000YYYY1AAA", "0015g00000XXXX1AAA", "Closed Won", "won", "120000.50"),
    ("0065g00000YYYY2AAA", "0015g00000XXXX1AAA", "Closed Lost", "lost", "8000.00"),
    ("0065g00000YYYY3AAA", "0015g00000XXXX2AAA", "Prospecting", "prospecting", "15000.00"),
    ("0065g00000YYYY4AAA", "0015g00000XXXX2AAA", "Negotiation/Review", "engaging", "9999.99"),
)


def salesforce_opportunities() -> list[Row]:
    rows: list[Row] = [list(SALESFORCE_OPPORTUNITY)]
    for ident, account, said, stage, amount in OPPORTUNITIES:
        cells = {
            "Id": ident,
            "IsDeleted": "0",
            "AccountId": account,
            "Name": f"Deal {ident[6:12]}",
            "StageName": said,
            "Amount": amount,
            "CloseDate": "2026-03-31",
            "IsClosed": "1" if stage in ("won", "lost") else "0",
            "IsWon": "1" if stage == "won" else "0",
            "OwnerId": "0055g00000AAAA2AAX",
            "CreatedDate": "2026-02-01T16:30:00.000Z",
            "Deal_Desk__c": "yes-42",
        }
        rows.append([cells.get(column, "") for column in SALESFORCE_OPPORTUNITY])
    return rows


SALESFORCE_USER = (
    "Id Username LastName FirstName Name CompanyName Department Title Email Phone IsActive EmployeeNumber ManagerId "
    "CreatedDate LastLoginDate"
).split()


def salesforce_users() -> list[Row]:
    """Users: one with the company's own number, one without (an interface's account)."""

    def user(ident: str, name: str, number: str) -> Row:
        cells = {"Id": ident, "Username": f"{ident}@example.com", "Name": name, "LastName": name, "IsActive": "1"}
        cells |= {"EmployeeNumber": number, "CreatedDate": "2024-01-01T00:00:00.000Z"}
        return [cells.get(column, "") for column in SALESFORCE_USER]

    return [
        list(SALESFORCE_USER),
        user("0055g00000AAAA1AAX", "王一", "E1"),
        user("0055g00000AAAA9AAX", "Integration", ""),
    ]
