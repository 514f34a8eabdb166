{#- Where people were, and where they planned and claimed to be; see timeline_events. -#}
{% macro timeline_traj() -%}
    {%- set activity_zh = "case record.activity when 'visit' then '拜访' when 'office' then '办公室工作' when 'call' then '电话' when 'training' then '培训' else record.activity end" -%}
    {%- set customer_zh = "coalesce(',客户' || record.customer_id, '')" -%}
    {%- set customer_en = "coalesce(', customer ' || record.customer_id, '')" -%}
    {{ return({
        'punches': [{
            'at': 'record.punched_at', 'actor': 'record.employee_id', 'content': 'record.place_name',
            'zh': "case record.direction when 'in' then '上班打卡' when 'out' then '下班打卡' else '外勤打卡' end || coalesce(',定位误差' || " ~ number_text('record.accuracy_m') ~ " || '米', '')",
            'en': "case record.direction when 'in' then 'Punch in' when 'out' then 'Punch out' else 'Visit punch' end || coalesce(', accuracy ' || " ~ number_text('record.accuracy_m') ~ " || ' m', '')",
        }],
        'work_plans': [{
            'at': 'record.planned_start', 'actor': 'record.employee_id', 'content': none,
            'zh': "'计划' || " ~ activity_zh ~ " || '至' || " ~ value_text('record.planned_end', 'moment', 'zh') ~ " || " ~ customer_zh,
            'en': "'Plan: ' || record.activity || ' until ' || " ~ value_text('record.planned_end', 'moment', 'en') ~ " || " ~ customer_en,
        }],
        'work_summaries': [{
            'at': 'record.claimed_start', 'actor': 'record.employee_id', 'content': 'record.content',
            'zh': "'总结申报' || " ~ activity_zh ~ " || '至' || " ~ value_text('record.claimed_end', 'moment', 'zh') ~ " || " ~ customer_zh,
            'en': "'Summary claims: ' || record.activity || ' until ' || " ~ value_text('record.claimed_end', 'moment', 'en') ~ " || " ~ customer_en,
        }],
    }) }}
{%- endmacro %}
