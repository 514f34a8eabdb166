{#- Messages; see timeline_events. -#}
{% macro timeline_talk() -%}
    {%- set money = "cast(cast({} as decimal(18, 2)) as " ~ dbt.type_string() ~ ")" -%}
    {{ return({
        'messages': [
            {
                'at': 'record.sent_at', 'content': 'record.text',
                'actor': "case when record.sender = 'customer' then record.customer_id else record.employee_id end",
                'zh': "case record.sender when 'agent' then '客服' when 'customer' then '客户' else '系统' end || case record.message_type when 'red_packet' then '发出红包' when 'transfer' then '发出转账' else '发送消息' end || coalesce(' ' || " ~ money.format('record.transfer_amount') ~ ", '')",
                'en': "case record.sender when 'agent' then 'Agent' when 'customer' then 'Customer' else 'System' end || case record.message_type when 'red_packet' then ' sends a red packet' when 'transfer' then ' sends a transfer' else ' writes' end || coalesce(' ' || " ~ money.format('record.transfer_amount') ~ ", '')",
            },
            {
                'at': 'record.deleted_at', 'actor': 'record.employee_id', 'content': none,
                'zh': "'删除或撤回该消息'", 'en': "'Message deleted or recalled'",
            },
            {
                'at': 'record.edited_at', 'actor': 'record.employee_id', 'content': none,
                'zh': "'修改该消息'", 'en': "'Message edited'",
            },
        ],
    }) }}
{%- endmacro %}
