{#- Attendance, contracts and pay; see timeline_events. -#}
{% macro timeline_labour() -%}
    {%- set money = "cast(cast({} as decimal(18, 2)) as " ~ dbt.type_string() ~ ")" -%}
    {%- set type = dbt.type_string() -%}
    {{ return({
        'schedules': [{
            'at': 'record.shift_start', 'actor': 'record.employee_id', 'content': none,
            'zh': "case coalesce(record.shift_type, 'work') when 'rest' then '排班:休息' when 'holiday' then '排班:节假日' when 'on_call' then '排班:待命' else '排班:上班' end || ',至' || " ~ value_text('record.shift_end', 'moment', 'zh') ~ " || coalesce(',休息' || " ~ number_text('record.break_minutes') ~ " || '分钟', '')",
            'en': "'Scheduled: ' || coalesce(record.shift_type, 'work') || ' until ' || " ~ value_text('record.shift_end', 'moment', 'en') ~ " || coalesce(', break ' || " ~ number_text('record.break_minutes') ~ " || ' min', '')",
        }],
        'leaves': [{
            'at': 'record.starts_at', 'actor': 'record.employee_id', 'content': none,
            'zh': "'请假(' || record.leave_type || ')至' || " ~ value_text('record.ends_at', 'moment', 'zh'),
            'en': "'Leave (' || record.leave_type || ') until ' || " ~ value_text('record.ends_at', 'moment', 'en'),
        }],
        'employment_contracts': [
            {
                'at': 'cast(record.start_date as timestamp)', 'actor': 'record.employee_id', 'content': none,
                'zh': "'合同生效' || coalesce(',至' || " ~ day_text('record.end_date') ~ ", '') || coalesce(',试用期至' || " ~ day_text('record.probation_end_date') ~ ", '')",
                'en': "'Contract starts' || coalesce(', until ' || " ~ day_text('record.end_date') ~ ", '') || coalesce(', probation until ' || " ~ day_text('record.probation_end_date') ~ ", '')",
            },
            {
                'at': 'cast(record.signed_date as timestamp)', 'actor': 'record.employee_id', 'content': none,
                'zh': "'签订合同'", 'en': "'Contract signed'",
            },
        ],
        'payroll': [{
            'at': 'coalesce(record.paid_at, cast(' ~ period_month('record.period') ~ ' as timestamp))', 'actor': 'record.employee_id', 'content': none,
            'zh': "record.period || '工资(' || record.payment_type || '):基本工资' || " ~ money.format('record.base_pay') ~ " || coalesce(',加班费' || " ~ money.format('record.overtime_pay') ~ ", '')",
            'en': "'Pay of ' || record.period || ' (' || record.payment_type || '): basic ' || " ~ money.format('record.base_pay') ~ " || coalesce(', overtime ' || " ~ money.format('record.overtime_pay') ~ ", '')",
        }],
    }) }}
{%- endmacro %}
