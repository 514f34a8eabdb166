"""Money in and out: receipts and invoices of orders, pay, budgets, expenses, and a ledger of month totals.

Belongs here: everything of the finance system except the private receipts that `chats` plants.
Does not belong here: the orders and the hours that the money is for.
"""

from __future__ import annotations

from pipelines.demo.company import INVOICE, RECEIPT, Company

YEN_PER_YUAN = 20.5


def build(company: Company) -> None:
    """Create three years of pay and budgets and a year of trade."""
    _receipts(company)
    _payroll(company)
    _budgets(company)
    _ledger(company)


def _receipts(company: Company) -> None:
    company.sql(f"""
        create table billed as
        select o.order_id, o.customer_id, o.ordered_at, o.net_amount, row_number() over (order by o.order_id) - 1 as i,
            {INVOICE.sql("row_number() over (order by o.order_id) - 1")} as invoice_id
        from orders o where o.status in ('committed', 'shipped', 'returned') and o.net_amount > 0
    """)
    first = company.take_numbers(RECEIPT, company.count("billed"))
    company.sql("""
        insert into invoices by name
        select invoice_id, customer_id, order_id, ordered_at + to_hours(20) as issued_at,
            (ordered_at + to_days(31))::date as due_date, net_amount as amount, 'CNY' as currency
        from billed where ordered_at + to_hours(20) < timestamp '2026-06-30 20:00:00'
    """)
    company.sql(f"""
        insert into receipts by name
        select {RECEIPT.sql(f"{first} + i")} as receipt_id, customer_id, order_id, invoice_id,
            ordered_at + to_minutes(1500 + pick(i, 'paid', 40000)) as received_at, net_amount as amount,
            '33010101040012345' as payee_account, 'company' as payee_type,
            ['对公转账', '支付宝', '银行卡'][1 + pick(i, 'method', 3)] as method, '货款' as memo, 'CNY' as currency
        from billed where ordered_at + to_minutes(1500 + pick(i, 'paid', 40000)) < timestamp '2026-06-30 18:00:00'
    """)


def _payroll(company: Company) -> None:
    """Monthly pay; overtime is paid to the minute and a little above the legal rate, leavers on their last day.

    Where `overtime_terms` sets rates for a month, they hold, and the sum is rounded up to the next yuan or yen.
    """
    company.sql("""
        create table pay_month as
        select distinct date_trunc('month', day)::date as month, last_day(day) as month_end from calendar
    """)
    company.sql("""
        create table overtime_minutes as
        select n, date_trunc('month', day)::date as month,
            sum(date_diff('second', ends_at, went_at) + greatest(0, date_diff('second', came_at, starts_at))) / 60.0
                as minutes
        from attended group by all
    """)
    company.sql("""
        create table overtime_hours as
        select n, month, coalesce(sum(seconds) filter (day_kind = 'work'), 0) / 3600 as work_hours,
            coalesce(sum(seconds) filter (day_kind = 'rest'), 0) / 3600 as rest_hours,
            coalesce(sum(seconds) filter (day_kind = 'holiday'), 0) / 3600 as holiday_hours
        from overtime_day group by all
    """)
    company.sql(f"""
        create table pay_seed as
        with paid as (
            select e.n, e.employee_id, e.org_unit_id, e.branch, e.base_pay, e.family, m.month, m.month_end, e.last_day,
                e.n * 64 + date_diff('month', date '2023-01-01', m.month) as k,
                e.last_day <= m.month_end as is_final,
                (least(e.last_day, m.month_end) - greatest(e.hire_date, m.month) + 1)
                    / (m.month_end - m.month + 1)::double as share,
                1 + 0.03 * date_diff('year', date '2023-01-01', m.month) as rise,
                coalesce(v.minutes, 0) as minutes, t.n is not null as has_terms,
                h.work_hours * t.work_rate + h.rest_hours * t.rest_rate + h.holiday_hours * t.holiday_rate
                    as paid_hours,
                case when e.branch = 'B08' then {YEN_PER_YUAN} else 1 end as fx,
                case when e.branch = 'B08' then 'JPY' else 'CNY' end as currency
            from emp e
            join pay_month m on e.hire_date <= m.month_end and e.last_day >= m.month
            left join overtime_minutes v on v.n = e.n and v.month = m.month
            left join overtime_hours h on h.n = e.n and h.month = m.month
            left join overtime_terms t on t.n = e.n and t.month = m.month
        ),
        earned as (
            select *, round(base_pay * rise * share * fx, 2) as base,
                case when has_terms
                    then ceil(round(paid_hours * base / case branch when 'B08' then 160 else 174 end, 6))
                    else round(ceil(minutes) / 60 * base_pay * rise / 170 * 1.6 * fx, 2) end as overtime,
                round(base_pay * share * fx * case when family in ('customer_service', 'sales')
                    then 0.08 + 0.3 * rnd(k, 'kpi') else 0.06 end, 2) as performance,
                case when month(month) = 1 then round(base_pay * fx * (0.6 + rnd(k, 'bonus')), 2) else 0 end as bonus,
                round(300 * share * fx, 2) as allowance
            from paid
        )
        select *, round(base * 0.16 + base * 0.08, 2) as employer_social, round(base * 0.07, 2) as employer_fund,
            round(base * 0.105, 2) as employee_social,
            round(greatest(0, base + overtime + performance + allowance + bonus - 5000 * fx) * 0.05, 2) as tax,
            case when rnd(k, 'deducted') < 0.03 then round(base_pay * 0.02 * fx, 2) else 0 end as deducted
        from earned
    """)
    company.sql("""
        insert into payroll by name
        select employee_id, strftime(month, '%Y-%m') as period,
            case when is_final then 'final' else 'regular' end as payment_type,
            base as base_pay, overtime as overtime_pay, bonus, performance as performance_pay, allowance,
            employer_social as employer_social_insurance, employer_fund as employer_housing_fund,
            employee_social as employee_social_insurance, tax as income_tax, deducted as deductions,
            base + overtime + performance + allowance + bonus - employee_social - tax - deducted as net_pay,
            case when is_final then last_day + interval 16 hour else month_end - 2 + interval 15 hour end as paid_at,
            currency
        from pay_seed where not (is_final and last_day > date '2026-06-30')
    """)
    company.sql("""
        insert into payroll_deductions by name
        select employee_id, strftime(month, '%Y-%m') as period, 1 as deduction_no,
            ['loss', 'absence', 'discipline'][1 + pick(k, 'kind', 3)] as kind, deducted as amount, currency
        from pay_seed where deducted > 0 and not (is_final and last_day > date '2026-06-30')
    """)


def _budgets(company: Company) -> None:
    """Budgets of each unit that has staff, up to the end of the year, and what was spent beside pay."""
    company.sql("""
        create table labour as
        select org_unit_id, month, currency,
            sum(base + overtime + performance + allowance + bonus + employer_social + employer_fund) as cost
        from pay_seed group by all
    """)
    company.sql("""
        insert into budgets by name
        with coming as (
            select unnest(generate_series(date '2026-07-01', date '2026-12-01', interval 1 month))::date as month
        ),
        level as (
            select * from labour
            union all
            select l.org_unit_id, c.month, l.currency, l.cost * 1.02 from labour l, coming c
            where l.month = date '2026-06-01'
        ),
        wanted as (
            select org_unit_id, month, currency,
                cost * (0.93 + 0.14 * rnd((hash(org_unit_id || month) % 1000003)::bigint, 'budget')) as amount,
                'labour' as cost_type
            from level
            union all
            select org_unit_id, month, currency, cost * 0.012, 'training' from level
            union all
            select org_unit_id, month, currency, cost * 0.02, 'supervision' from level
            union all
            select org_unit_id, month, currency, cost * 0.008, 'loss' from level
            union all
            select org_unit_id, month, currency, cost * 0.015, 'recruitment' from level
        )
        select org_unit_id, strftime(month, '%Y-%m') as period, cost_type, round(amount, -2) as amount, currency
        from wanted
    """)
    company.sql("""
        insert into expenses by name
        with spent as (
            select l.org_unit_id, l.month, l.currency, l.cost, t.cost_type, t.share,
                row_number() over (order by l.org_unit_id, l.month, t.cost_type) - 1 as i
            from labour l, (values ('training', 0.011), ('supervision', 0.021), ('loss', 0.007), ('recruitment', 0.014))
                t(cost_type, share)
        )
        select 'FY' || lpad(i::varchar, 7, '0') as expense_id, org_unit_id, cost_type,
            month + to_days(4 + pick(i, 'day', 22)) + to_hours(10) as incurred_at,
            round(cost * share * (0.7 + 0.6 * rnd(i, 'amount')), 2) as amount, currency
        from spent
    """)
    company.sql(f"""
        insert into exchange_rates by name
        select 'JPY' as currency, strftime(month, '%Y-%m') as period,
            round((1 + 0.06 * (rnd(date_diff('month', date '2023-01-01', month), 'yen') - 0.5)) / {YEN_PER_YUAN}, 6)
                as rate_to_cny
        from pay_month
        union all
        select 'USD', strftime(month, '%Y-%m'),
            round(7.1 + 0.3 * (rnd(date_diff('month', date '2023-01-01', month), 'dollar') - 0.5), 6)
        from pay_month
    """)


def _ledger(company: Company) -> None:
    """One voucher per unit and month for pay, one per branch and month for sales, and the balances that follow."""
    _monthly_sales(company)
    company.sql("""
        create table posting as
        with entries as (
            select 'GZ' as kind, org_unit_id, month, '660201' as account_code, '管理费用-工资' as account_name,
                1 as line_no, cost as debit, 0.0 as credit, '计提工资' as summary, currency from labour
            union all
            select 'GZ', org_unit_id, month, '2211', '应付职工薪酬', 2, 0, cost, '计提工资', currency from labour
            union all
            select 'XS', branch, month, '1122', '应收账款', 1, amount, 0, '确认收入', 'CNY' from monthly_sales
            union all
            select 'XS', branch, month, '6001', '主营业务收入', 2, 0, amount, '确认收入', 'CNY' from monthly_sales
        )
        select * from entries
    """)
    company.sql("""
        insert into journal_entries by name
        select kind || '-' || strftime(month, '%Y%m') || '-' || org_unit_id as voucher_id, line_no,
            strftime(month, '%Y-%m') as period, last_day(month) as posted_date, summary, account_code, account_name,
            org_unit_id, round(debit, 2) as debit, round(credit, 2) as credit, currency
        from posting
    """)
    company.sql("""
        insert into account_balances by name
        with moved as (
            select period, account_code, org_unit_id, account_name, currency, sum(debit) as debit, sum(credit) as credit
            from journal_entries group by all
        ),
        running as (
            select *, sum(debit - credit) over (partition by account_code, org_unit_id order by period) as closing
            from moved
        )
        select period, account_code, org_unit_id, account_name, greatest(closing - debit + credit, 0) as opening_debit,
            greatest(-(closing - debit + credit), 0) as opening_credit, debit, credit,
            greatest(closing, 0) as closing_debit, greatest(-closing, 0) as closing_credit, currency
        from running
    """)


def _monthly_sales(company: Company) -> None:
    company.sql("""
        create table monthly_sales as
        select coalesce(nullif(e.branch, 'HQ'), c.branch) as branch, date_trunc('month', o.ordered_at)::date as month,
            sum(o.net_amount) as amount
        from orders o
        join customer c on c.customer_id = o.customer_id
        left join emp e on e.employee_id = o.employee_id
        where o.status in ('committed', 'shipped')
        group by all
    """)
