{#- Customers, whose they were, and what was done for them; see timeline_events. -#}
{% macro timeline_poach() -%}
    {%- set money = "cast(cast({} as decimal(18, 2)) as " ~ dbt.type_string() ~ ")" -%}
    {{ return({
        'contracts': [{
            'at': 'record.signed_at', 'actor': 'record.employee_id', 'content': none,
            'zh': "'签订合同,金额' || " ~ money.format('record.amount'),
            'en': "'Contract signed over ' || " ~ money.format('record.amount'),
        }],
        'quotes': [{
            'at': 'record.quoted_at', 'actor': 'record.employee_id', 'content': none,
            'zh': "'报价' || " ~ money.format('record.amount'),
            'en': "'Quote over ' || " ~ money.format('record.amount'),
        }],
        'interactions': [{
            'at': 'record.occurred_at', 'actor': 'record.employee_id', 'content': 'record.content',
            'zh': "'跟进客户' || record.customer_id || '(' || case record.channel when 'phone' then '电话' when 'im' then '即时消息' when 'visit' then '拜访' when 'email' then '邮件' else '方式不明' end || ')'",
            'en': "'Interaction with customer ' || record.customer_id || ' (' || coalesce(record.channel, 'channel unknown') || ')'",
        }],
        'customers': [
            {
                'at': 'record.created_at', 'actor': none, 'content': none,
                'zh': "'客户建档'", 'en': "'Customer entered'",
            },
            {
                'at': 'record.status_changed_at', 'actor': none, 'content': none,
                'zh': "'客户状态变为' || record.status", 'en': "'Customer status: ' || record.status",
            },
        ],
        'customer_ownership': [{
            'at': 'record.valid_from', 'actor': 'record.employee_id', 'content': none,
            'zh': "'客户归属' || record.employee_id || coalesce('(' || record.reason || ')', '')",
            'en': "'Customer owned by ' || record.employee_id || coalesce(' (' || record.reason || ')', '')",
        }],
        'customer_changes': [{
            'at': 'record.changed_at', 'actor': 'record.changed_by',
            'content': "coalesce(record.old_value, '-') || ' → ' || coalesce(record.new_value, '-')",
            'zh': "'客户资料变更:' || record.field", 'en': "'Customer data changed: ' || record.field",
        }],
    }) }}
{%- endmacro %}
