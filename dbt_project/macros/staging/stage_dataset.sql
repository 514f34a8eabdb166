{#-
  One row per key of a dataset: the row of the latest delivery stamp (ties: sha-256, then source row), so the result
  does not depend on the order in which deliveries were processed.
  The arguments are rendered from the contract: a unit test of a model cannot see the model's properties.
  `_ended_at` is the stamp of the first later full delivery that no longer holds the key; null = still there.
-#}
{% macro stage_dataset(system, dataset, keys, columns, ts_columns) -%}
{%- set relation = source(system, dataset) -%}
{#- Whose wall clock the row was written by. -#}
{%- set person = ['employee_id', 'applicant_id', 'approver_id'] | select('in', columns) | first -%}
{%- set batches = source('landed', 'batches') -%}
{%- set zone = 'coalesce(employee_zones.timezone, group_zone.timezone)' if person else 'group_zone.timezone' -%}
{%- set carried = columns + [
    '_source_file', '_source_sha256', '_source_row', '_row_hash', '_batch_id', '_delivered_at', '_ts_offsets', '_extra'
] -%}
with

{# Few keys are ever delivered twice: only their rows are ranked, the wide rest is passed on as it is. #}
repeated_keys as (
    select {{ keys | join(', ') }}
    from {{ relation }}
    group by {{ keys | join(', ') }}
    having count(*) > 1
),

ranked as (
    select
        {%- for column in carried %}
        landed.{{ column }},
        {%- endfor %}
        row_number() over (
            partition by {% for key in keys %}landed.{{ key }}{{ ', ' if not loop.last }}{% endfor %}
            order by landed._delivered_at desc, landed._source_sha256 desc, landed._source_row desc
        ) as delivery_rank
    from {{ relation }} as landed
    inner join repeated_keys
        on {% for key in keys %}landed.{{ key }} = repeated_keys.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
),

latest as (
    select {{ carried | join(', ') }}
    from {{ relation }} as landed
    where not exists (
        select 1
        from repeated_keys
        where {% for key in keys %}landed.{{ key }} = repeated_keys.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
    )
    union all
    select {{ carried | join(', ') }}
    from ranked
    where delivery_rank = 1
),

full_deliveries as (
    select delivered_at
    from {{ batches }}
    where dataset = '{{ dataset }}' and delivery = 'full' and is_active
    group by delivered_at
),

{#- Only stamps that rows carry and stamps of full deliveries: two handfuls, joined apart from the wide rows. -#}
row_stamps as (
    select _delivered_at
    from latest
    group by _delivered_at
),

endings as (
    select
        row_stamps._delivered_at,
        min(full_deliveries.delivered_at) as ended_at
    from row_stamps
    inner join full_deliveries
        on row_stamps._delivered_at < full_deliveries.delivered_at
    group by row_stamps._delivered_at
)

select
    {%- for column in columns %}
    {%- if column in ts_columns %}
    case
        when latest._ts_offsets is null then latest.{{ column }}
        when {{ json_int('latest._ts_offsets', column) }} is null then latest.{{ column }}
        else {{ local_time('latest.' ~ column, json_int('latest._ts_offsets', column), zone) }}
    end as {{ column }},
    {%- else %}
    latest.{{ column }},
    {%- endif %}
    {%- endfor %}
    latest._source_file,
    latest._source_sha256,
    latest._source_row,
    latest._row_hash,
    latest._batch_id,
    latest._delivered_at,
    latest._extra,
    endings.ended_at as _ended_at
from latest
left join endings on latest._delivered_at = endings._delivered_at
{%- if ts_columns %}
cross join {{ ref('stg_hr__group_timezone') }} as group_zone
{%- if person %}
left join {{ ref('stg_hr__employee_timezones') }} as employee_zones on latest.{{ person }} = employee_zones.employee_id
{%- endif %}
{%- endif %}
{%- endmacro %}
