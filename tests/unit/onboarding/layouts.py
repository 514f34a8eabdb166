"""Made-up exports in wordings of their own, with what each column means.

Belongs here: headers, a few rows, the truth. Does not belong here: any expectation about how much of it is found.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """One export. `meaning` has the headers that stand for a column of the contract; the others stand for none."""

    name: str
    dataset: str
    text: str
    meaning: dict[str, str]

    @property
    def headers(self) -> list[str]:
        return max(csv.reader(io.StringIO(self.text)), key=lambda row: len([c for c in row if c]))


def _layout(name: str, dataset: str, text: str, **meaning: str) -> Layout:
    return Layout(name, dataset, text.lstrip("\n"), {header: column for column, header in meaning.items()})


LAYOUTS: tuple[Layout, ...] = (
    _layout(
        "factory_roster",
        "employees",
        """
序号,员工编号,姓名,性别,身份证号,出生年月,入厂日期,车间/部门,工种岗位,直属班长,人员状态,手机号码,合同签订日,合同终止日,离厂日期,备注
1,00123,王小明,男,110101199001011234,1990-01-01,2019/3/1,一车间,钳工,00007,在职,13812345678,2019/3/1,2025/2/28,,
2,00124,李红,女,110101199202021234,1992-02-02,2020/5/6,二车间,质检,00008,离职,13912345678,2020/5/6,2024/5/5,2024/1/31,自离
3,00125,赵强,男,110101198803031234,1988-03-03,2018/7/9,一车间,组长,00007,在职,13712345678,2018/7/9,,,
""",
        employee_id="员工编号",
        full_name="姓名",
        gender="性别",
        birth_date="出生年月",
        hire_date="入厂日期",
        org_unit_id="车间/部门",
        position_id="工种岗位",
        manager_id="直属班长",
        employment_status="人员状态",
        phone="手机号码",
        contract_signed_date="合同签订日",
        contract_end_date="合同终止日",
        last_working_date="离厂日期",
    ),
    _layout(
        "hotel_roster",
        "employees",
        """
酒店员工信息表,,,,,,,,,
制表日期：2026-03-01,,,,,,,,,
人员代码,中文名,英文名,门店,岗位名称,到店日期,试用截止,在岗情况,联系手机,企业邮箱
H001,陈一,Amy,西湖店,前台,2021.04.01,2021.07.01,在岗,13812345678,chen@example.com
H002,周二,Bob,西湖店,客房,2022.05.01,--,已离店,13812345679,zhou@example.com
H003,吴三,--,城东店,厨师,2023.06.01,2023.09.01,在岗,13812345670,wu@example.com
""",
        employee_id="人员代码",
        full_name="中文名",
        org_unit_id="门店",
        position_id="岗位名称",
        hire_date="到店日期",
        probation_end_date="试用截止",
        employment_status="在岗情况",
        phone="联系手机",
        email="企业邮箱",
    ),
    _layout(
        "english_roster",
        "employees",
        """
Staff No,Employee Name,Gender,DOB,Date Joined,Department,Job Title,Line Manager,Employment Status,Work Email,Mobile,Last Day
1001,Ann Lee,F,1990-01-01,2019-03-01,Sales,Consultant,1000,Active,ann@example.com,+86 13812345678,
1002,Bo Chan,M,1991-02-02,2020-03-01,Sales,Consultant,1000,Left,bo@example.com,+86 13812345679,2024-01-31
1003,Cy Wu,M,1992-03-03,2021-03-01,Finance,Clerk,1000,Active,cy@example.com,+86 13812345670,
""",  # noqa: E501 - a row of a file has no line break
        employee_id="Staff No",
        full_name="Employee Name",
        gender="Gender",
        birth_date="DOB",
        hire_date="Date Joined",
        org_unit_id="Department",
        position_id="Job Title",
        manager_id="Line Manager",
        employment_status="Employment Status",
        email="Work Email",
        phone="Mobile",
        last_working_date="Last Day",
    ),
    _layout(
        "agency_roster",
        "employees",
        """
雇员号,雇员姓名,所属机构,担任职务,参加工作日期,进公司日期,用工状态,移动电话,离职办理日期,离职去向
Z-01,郑七,研发中心,工程师,2010年7月1日,2015年7月1日,在用,13812345678,,
Z-02,冯八,研发中心,工程师,2012年7月1日,2016年7月1日,停用,13812345679,2024年3月1日,同行
""",
        employee_id="雇员号",
        full_name="雇员姓名",
        org_unit_id="所属机构",
        position_id="担任职务",
        hire_date="进公司日期",
        employment_status="用工状态",
        phone="移动电话",
        last_working_date="离职办理日期",
    ),
    _layout(
        "wholesale_orders",
        "orders",
        """
销售单号,开单日期,客户代码,业务员,销售渠道,应收合计,实收合计,单据状态,币别,备注
XS-001,2026-03-01,K01,00123,门店,"1,000.00",900.00,已审核,CNY,
XS-002,2026-03-02,K02,00124,电话,"2,000.00","1,500.00",已作废,CNY,急
合计,,,,,"3,000.00","2,400.00",,,
""",
        order_id="销售单号",
        ordered_at="开单日期",
        customer_id="客户代码",
        employee_id="业务员",
        channel="销售渠道",
        list_amount="应收合计",
        net_amount="实收合计",
        status="单据状态",
        currency="币别",
    ),
    _layout(
        "english_orders",
        "orders",
        """
Order Ref,Buyer ID,Sales Rep,Placed On,Source Channel,Gross Amount,Paid Amount,Order State,Currency
A-1,C1,1001,2026-03-01 09:00:00,web,100.00,90.00,Shipped,CNY
A-2,C2,1002,2026-03-02 10:00:00,phone,200.00,150.00,Cancelled,CNY
""",
        order_id="Order Ref",
        customer_id="Buyer ID",
        employee_id="Sales Rep",
        ordered_at="Placed On",
        channel="Source Channel",
        list_amount="Gross Amount",
        net_amount="Paid Amount",
        status="Order State",
        currency="Currency",
    ),
    _layout(
        "shop_orders",
        "orders",
        """
交易编号,会员ID,拍下时间,付款时间,商品总价,实际付款,交易状态,店铺名称,收货城市
2026030100001,tb001,2026-03-01 09:00:00,2026-03-01 09:01:00,¥100.00,¥90.00,交易成功,旗舰店,杭州
2026030100002,tb002,2026-03-01 10:00:00,2026-03-01 10:01:00,¥200.00,¥150.00,交易关闭,旗舰店,上海
""",
        order_id="交易编号",
        customer_id="会员ID",
        ordered_at="拍下时间",
        list_amount="商品总价",
        net_amount="实际付款",
        status="交易状态",
    ),
    _layout(
        "card_punches",
        "punches",
        """
刷卡流水号,员工编码,刷卡时刻,进出方向,刷卡机位置
1,00123,2026-03-01 08:58,进,东门
2,00123,2026-03-01 18:03,出,东门
""",
        punch_id="刷卡流水号",
        employee_id="员工编码",
        punched_at="刷卡时刻",
        direction="进出方向",
        place_name="刷卡机位置",
    ),
    _layout(
        "leave_list",
        "leaves",
        """
休假单据号,人员编码,休假种类,起始时间,截止时间,单据状态
L1,00123,年假,2026-03-01 09:00,2026-03-02 18:00,已通过
L2,00124,事假,2026-03-05 09:00,2026-03-05 18:00,已驳回
""",
        leave_id="休假单据号",
        employee_id="人员编码",
        leave_type="休假种类",
        starts_at="起始时间",
        ends_at="截止时间",
        status="单据状态",
    ),
    _layout(
        "pay_sheet",
        "payroll",
        """
人员编码,姓名,薪资月份,基薪,加班工资,绩效奖金,岗位补贴,个税,社保个人部分,实发金额
00123,王小明,2026-03,5000.00,300.00,800.00,200.00,50.00,600.00,5650.00
00124,李红,2026-03,4000.00,,600.00,200.00,,500.00,4300.00
合计,,,9000.00,300.00,1400.00,400.00,50.00,1100.00,9950.00
""",
        employee_id="人员编码",
        period="薪资月份",
        base_pay="基薪",
        overtime_pay="加班工资",
        performance_pay="绩效奖金",
        allowance="岗位补贴",
        income_tax="个税",
        employee_social_insurance="社保个人部分",
        net_pay="实发金额",
    ),
)
