{#- Orders, approvals, goods and money; see timeline_events. -#}
{% macro timeline_trade() -%}
    {%- set money = "cast(cast({} as decimal(18, 2)) as " ~ dbt.type_string() ~ ")" -%}
    {%- set type = dbt.type_string() -%}
    {{ return({
        'orders': [{
            'at': 'record.ordered_at', 'actor': 'record.employee_id', 'content': none,
            'zh': "'下单,原价' || " ~ money.format('record.list_amount') ~ " || ',实付' || " ~ money.format('record.net_amount'),
            'en': "'Order placed, list ' || " ~ money.format('record.list_amount') ~ " || ', paid ' || " ~ money.format('record.net_amount'),
        }],
        'order_lines': [{
            'at': 'record.ordered_at', 'actor': 'record.employee_id', 'content': none,
            'zh': "'明细:商品' || record.product_id || ' × ' || cast(record.quantity as " ~ type ~ ") || ',' || " ~ value_text('record.discount_rate', 'paid', 'zh') ~ " || coalesce(',原因' || record.discount_reason, '')",
            'en': "'Line: ' || record.product_id || ' × ' || cast(record.quantity as " ~ type ~ ") || ' at ' || " ~ value_text('record.discount_rate', 'paid', 'en') ~ " || coalesce(', reason ' || record.discount_reason, '')",
        }],
        'approval_requests': [
            {
                'at': 'record.submitted_at', 'actor': 'record.applicant_id', 'content': 'record.reason',
                'zh': "'提交申请(' || record.process_type || ')' || coalesce(',申请值' || " ~ number_text('record.requested_value') ~ ", '')",
                'en': "'Request submitted (' || record.process_type || ')' || coalesce(', value asked ' || " ~ number_text('record.requested_value') ~ ", '')",
            },
            {
                'at': 'record.decided_at', 'actor': none, 'content': none,
                'zh': "'申请结束:' || case record.status when 'approved' then '批准' when 'rejected' then '驳回' when 'withdrawn' then '撤回' else '待定' end || coalesce(',批准值' || " ~ number_text('record.granted_value') ~ ", '')",
                'en': "'Request ' || record.status || coalesce(', value granted ' || " ~ number_text('record.granted_value') ~ ", '')",
            },
        ],
        'approval_steps': [{
            'at': 'record.acted_at', 'actor': 'record.approver_id', 'content': none,
            'zh': "'审批步骤“' || coalesce(names.name_zh, record.step_type) || '”:' || case record.action when 'approve' then '同意' when 'confirm' then '确认' when 'reject' then '驳回' else '退回' end",
            'en': "'Step \"' || coalesce(names.name_en, record.step_type) || '\": ' || record.action",
            'join': 'left join ' ~ ref('approval_step_types') ~ ' as names on record.step_type = names.step_type',
        }],
        'permission_grants': [
            {
                'at': 'record.valid_from', 'actor': 'record.employee_id', 'content': none,
                'zh': "'获得角色' || record.role_code", 'en': "'Role granted: ' || record.role_code",
            },
            {
                'at': 'record.valid_to', 'actor': 'record.employee_id', 'content': none,
                'zh': "'角色' || record.role_code || '终止'", 'en': "'Role ended: ' || record.role_code",
            },
        ],
        'product_season_status': [{
            'at': 'record.valid_from', 'actor': 'record.confirmed_by', 'content': none,
            'zh': "'商品' || record.product_id || case record.status when 'off_season' then '标记为过季' else '标记为当季' end || case when record.confirmed_at is null then ',未确认' else ',确认于' || " ~ value_text('record.confirmed_at', 'moment', 'zh') ~ " end",
            'en': "'Product ' || record.product_id || case record.status when 'off_season' then ' marked off season' else ' marked in season' end || case when record.confirmed_at is null then ', unconfirmed' else ', confirmed ' || " ~ value_text('record.confirmed_at', 'moment', 'en') ~ " end",
        }],
        'inventory': [{
            'at': 'cast(record.as_of as timestamp)', 'actor': none, 'content': none,
            'zh': "'当日库存' || cast(record.quantity as " ~ type ~ ")", 'en': "'Stock of the day: ' || cast(record.quantity as " ~ type ~ ")",
        }],
        'receipts': [{
            'at': 'record.received_at', 'actor': 'record.payee_employee_id', 'content': none,
            'zh': "'客户付款' || " ~ money.format('record.amount') ~ " || case record.payee_type when 'private' then '至私人账户' else '至公司账户' end",
            'en': "'Customer pays ' || " ~ money.format('record.amount') ~ " || case record.payee_type when 'private' then ' to a private account' else ' to a company account' end",
        }],
    }) }}
{%- endmacro %}
