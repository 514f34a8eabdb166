{#- SQL of the word for a code; a code without a word stands for itself. -#}
{% macro coded_word(column, words) -%}
    case {{ column }}{% for code, word in words.items() %} when '{{ code }}' then '{{ word }}'{% endfor %} else {{ column }} end
{%- endmacro %}

{#- Customers, whose they were, and what was done for them; see timeline_events. -#}
{% macro timeline_poach() -%}
    {%- set money = "cast(cast({} as decimal(18, 2)) as " ~ dbt.type_string() ~ ")" -%}
    {%- set channel_zh = {'phone': '电话', 'im': '即时消息', 'visit': '拜访', 'email': '邮件'} -%}
    {%- set status_zh = {
        'lead': '线索', 'following': '跟进中', 'quoting': '报价中', 'pending_signature': '待签约', 'signed': '已签约', 'lost': '已流失',
    } -%}
    {%- set status_en = {'pending_signature': 'pending signature'} -%}
    {%- set field_zh = {
        'status': '状态', 'grade': '等级', 'score': '评分', 'contact_name': '联系人', 'contact_phone': '联系电话', 'owner': '负责人',
        'address': '地址', 'other': '其他',
    } -%}
    {%- set field_en = {'contact_name': 'contact name', 'contact_phone': 'contact phone'} -%}
    {%- set reason_zh = {'assigned': '分配', 'handover': '交接', 'rebalance': '调整'} -%}
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
            'zh': "'跟进客户' || record.customer_id || '(' || coalesce(" ~ coded_word('record.channel', channel_zh) ~ ", '方式不明') || ')' || case when record.channel = 'visit' and coalesce(trim(record.photo_ref), '') = '' then ',无照片' else '' end",
            'en': "'Interaction with customer ' || record.customer_id || ' (' || coalesce(record.channel, 'channel unknown') || ')' || case when record.channel = 'visit' and coalesce(trim(record.photo_ref), '') = '' then ', no photo' else '' end",
        }],
        'customers': [
            {
                'at': 'record.created_at', 'actor': none, 'content': none,
                'zh': "'客户建档'", 'en': "'Customer entered'",
            },
            {
                'at': 'record.status_changed_at', 'actor': none, 'content': none,
                'zh': "'客户状态变为' || " ~ coded_word('record.status', status_zh),
                'en': "'Customer status: ' || " ~ coded_word('record.status', status_en),
            },
        ],
        'customer_ownership': [{
            'at': 'record.valid_from', 'actor': 'record.employee_id', 'content': none,
            'zh': "'客户归属' || record.employee_id || coalesce('(' || " ~ coded_word('record.reason', reason_zh) ~ " || ')', '')",
            'en': "'Customer owned by ' || record.employee_id || coalesce(' (' || record.reason || ')', '')",
        }],
        'customer_changes': [{
            'at': 'record.changed_at', 'actor': 'record.changed_by',
            'content': "coalesce(record.old_value, '-') || ' → ' || coalesce(record.new_value, '-')",
            'zh': "'客户资料变更:' || " ~ coded_word('record.field', field_zh),
            'en': "'Customer data changed: ' || " ~ coded_word('record.field', field_en),
        }],
    }) }}
{%- endmacro %}
