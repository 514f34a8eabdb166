{#- Operations, employment and who owned a customer; see timeline_events. -#}
{% macro timeline_access() -%}
    {%- set type = dbt.type_string() -%}
    {%- set actions = {
        'login': ['登录', 'login'], 'view': ['查看', 'view'], 'create': ['新建', 'create'], 'update': ['修改', 'update'],
        'delete': ['删除', 'delete'], 'export': ['导出', 'export'], 'download': ['下载', 'download'],
        'forward': ['转发', 'forward'], 'approve': ['审批', 'approve'],
    } -%}
    {%- set employment = {
        'hire': ['入职', 'Hired'], 'transfer': ['调动', 'Transferred'], 'promotion': ['晋升', 'Promoted'],
        'position_change': ['岗位变更', 'Position changed'], 'resignation_notice': ['提出离职', 'Notice given'],
        'termination': ['劳动关系终止,当日为最后工作日', 'Employment ends, last working day'], 'rehire': ['再次入职', 'Rehired'],
    } -%}
    {{ return({
        'operation_log': [{
            'at': 'record.occurred_at', 'actor': 'record.employee_id', 'content': none,
            'zh': "'在' || record.system || ' ' || " ~ named_code('record.action', actions, 0) ~ " || coalesce(' ' || record.object_type, '') || coalesce(' ' || record.object_id, '') || coalesce(',' || cast(record.record_count as " ~ type ~ ") || '行', '') || case when record.success then '' when record.success is null then '' else ',失败' end",
            'en': "'In ' || record.system || ': ' || " ~ named_code('record.action', actions, 1) ~ " || coalesce(' ' || record.object_type, '') || coalesce(' ' || record.object_id, '') || coalesce(', ' || cast(record.record_count as " ~ type ~ ") || ' rows', '') || case when record.success then '' when record.success is null then '' else ', failed' end",
        }],
        'employees': [
            {
                'at': 'cast(record.hire_date as timestamp)', 'actor': 'record.employee_id', 'content': none,
                'zh': "'入职'", 'en': "'Hired'",
            },
            {
                'at': 'cast(record.contract_signed_date as timestamp)', 'actor': 'record.employee_id', 'content': none,
                'zh': "'签订合同(员工名单)'", 'en': "'Contract signed (employee list)'",
            },
            {
                'at': 'cast(record.resignation_notice_date as timestamp)', 'actor': 'record.employee_id', 'content': none,
                'zh': "'提出离职'", 'en': "'Notice given'",
            },
            {
                'at': 'cast(record.last_working_date as timestamp)', 'actor': 'record.employee_id', 'content': none,
                'zh': "'最后工作日(当日仍在职)'", 'en': "'Last working day, still employed that day'",
            },
        ],
        'employee_events': [{
            'at': 'cast(record.effective_date as timestamp)', 'actor': 'record.employee_id', 'content': none,
            'zh': named_code('record.event_type', employment, 0), 'en': named_code('record.event_type', employment, 1),
        }],
    }) }}
{%- endmacro %}

{#- The text of a code in one language (0 = Chinese, 1 = English); an unknown code stands for itself. -#}
{% macro named_code(column, names, language) -%}
    case {{ column }}
        {%- for code, texts in names.items() %} when '{{ code }}' then {{ sql_text(texts[language]) }}{% endfor %}
        else {{ column }} end
{%- endmacro %}
