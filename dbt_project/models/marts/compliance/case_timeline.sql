-- depends_on: {{ ref('approval_step_types') }}
{%- set none_text = 'cast(null as ' ~ dbt.type_string() ~ ')' -%}
{%- set records = record_models() %}
with

events as (
    {%- for dataset, events in timeline_events().items() %}
    {%- set outer = loop %}
    {%- for event in events %}
    select
        cited.violation_id,
        {{ event.at }} as occurred_at,
        cited.role,
        cited.dataset,
        cited.record_key,
        {{ loop.index }} as event_of_record,
        {{ event.actor or none_text }} as actor_id,
        {{ event.zh }} as summary_zh,
        {{ event.en }} as summary_en,
        {{ event.content or none_text }} as content,
        cited.is_deciding,
        record.source_file,
        record.source_row
    from {{ ref('int_timeline_record') }} as cited
    inner join {{ ref(records[dataset]) }} as record
        on cited.record_key = record.record_key and cited.dataset = '{{ dataset }}'
    {{ event.join }}
    where {{ event.at }} is not null
    {{ 'union all' if not (outer.last and loop.last) }}
    {%- endfor %}
    {%- endfor %}
)

select
    violation_id,
    cast(
        row_number() over (
            partition by violation_id order by occurred_at, dataset, record_key, event_of_record
        ) as integer
    ) as event_no,
    occurred_at,
    role,
    dataset,
    record_key,
    actor_id,
    summary_zh,
    summary_en,
    content,
    is_deciding,
    source_file,
    source_row
from events
