{#-
  One row per key of a dataset: the row of the latest delivery stamp (ties: sha-256, then source row), so the result
  does not depend on the order in which deliveries were processed.
  The arguments are rendered from the contract: a unit test of a model cannot see the model's properties.
  people: column that names a person -> when its rows happen (see macro used_from); event: the dataset's event column.
  `_ended_at` is the stamp of the first full delivery after the last one that held the key, be it as a row or in
  quarantine; null = still there.
-#}
{% macro stage_dataset(system, dataset, keys, columns, ts_columns, people={}, event=none) -%}
{%- set relation = source(system, dataset) -%}
{#- Whose wall clock the row was written by. -#}
{%- set clock_person = ['employee_id', 'applicant_id', 'approver_id'] | select('in', people) | first -%}
{%- set batches = source('landed', 'batches') -%}
{%- set zone = 'coalesce(employee_zones.timezone, group_zone.timezone)' if clock_person else 'group_zone.timezone' -%}
{%- set carried = columns + [
    '_source_file', '_source_sha256', '_source_row', '_row_hash', '_batch_id', '_delivered_at', '_ts_offsets', '_extra'
] -%}
{#- A person in the key is known before rows compete by key: two systems' rows of one person and day are one key. -#}
{%- set key_people = keys | select('in', people) | list -%}
{%- set delivered = 'delivered' if key_people else relation -%}
{%- set late_people = {} if key_people else people -%}
with

{{ span_owners(relation, people, event) }}
{%- if key_people %}
delivered as (
    select
        {%- for column in carried %}
        {{ resolved_person(column, 'landed') ~ ' as ' if column in people else 'landed.' }}{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }} as landed
    cross join {{ ref('stg_hr__group_timezone') }} as group_zone
    {{- owner_joins(people, event, 'landed') | indent(4) }}
),
{% endif %}
{# Few keys are ever delivered twice: only their rows are ranked, the wide rest is passed on as it is. #}
repeated_keys as (
    select {{ keys | join(', ') }}
    from {{ delivered }}
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
    from {{ delivered }} as landed
    inner join repeated_keys
        on {% for key in keys %}landed.{{ key }} = repeated_keys.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
),

latest as (
    select {{ carried | join(', ') }}
    from {{ delivered }} as landed
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
),

{#- Keys as texts: a row in quarantine has no typed values, and whom it means is judged at its delivery. -#}
held_keys as (
    select
        {%- for key in keys %}
        {%- set part = dbt.split_part('faults.row_key', 'chr(31)', loop.index) %}
        {{ 'coalesce(' ~ key ~ '_owner.employee_id, ' ~ part ~ ')' if key in people else part }} as {{ key }},
        {%- endfor %}
        max(batches.delivered_at) as held_at
    from {{ source('landed', 'quarantine') }} as faults
    inner join {{ batches }} as batches on faults.batch_id = batches.batch_id
    {%- if key_people %}
    cross join {{ ref('stg_hr__group_timezone') }} as group_zone
    {%- endif %}
    {%- for key in keys if key in people %}
    {%- set delivered_local = local_time('batches.delivered_at', 0, 'group_zone.timezone') %}
    left join {{ ref('stg_hr__account_owners') }} as {{ key }}_owner
        on {{ dbt.split_part('faults.row_key', 'chr(31)', keys.index(key) + 1) }} = {{ key }}_owner.person_ref
        and {{ delivered_local }} >= {{ key }}_owner.valid_from
        and {{ delivered_local }} < {{ key }}_owner.valid_to
    {%- endfor %}
    where
        faults.row_key is not null
        and batches.dataset = '{{ dataset }}'
        and batches.delivery = 'full'
        and batches.is_active
    group by {% for key in keys %}{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}
),

held_endings as (
    select
        {%- for key in keys %}
        held_keys.{{ key }},
        {%- endfor %}
        held_keys.held_at,
        min(full_deliveries.delivered_at) as ended_at
    from held_keys
    left join full_deliveries on held_keys.held_at < full_deliveries.delivered_at
    group by {% for key in keys %}held_keys.{{ key }}, {% endfor %}held_keys.held_at
)

select
    {%- for column in columns %}
    {%- if column in ts_columns %}
    case
        when latest._ts_offsets is null then latest.{{ column }}
        when {{ json_int('latest._ts_offsets', column) }} is null then latest.{{ column }}
        else {{ local_time('latest.' ~ column, json_int('latest._ts_offsets', column), zone) }}
    end as {{ column }},
    {%- elif column in late_people %}
    {{ resolved_person(column, 'latest') }} as {{ column }},
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
    case when held_endings.held_at >= latest._delivered_at then held_endings.ended_at else endings.ended_at end as _ended_at
from latest
{%- if ts_columns or late_people %}
cross join {{ ref('stg_hr__group_timezone') }} as group_zone
{%- endif %}
left join endings on latest._delivered_at = endings._delivered_at
left join held_endings
    on {% for key in keys %}cast(latest.{{ key }} as {{ dbt.type_string() }}) = held_endings.{{ key }}
    {{- ' and ' if not loop.last }}{% endfor %}
{{- owner_joins(late_people, event, 'latest') }}
{%- if ts_columns and clock_person %}
left join {{ ref('stg_hr__employee_timezones') }} as employee_zones
    on {{ resolved_person(clock_person, 'latest') if late_people else 'latest.' ~ clock_person }} = employee_zones.employee_id
{%- endif %}
{%- endmacro %}
