{#- The same stamp is no order: of two files of one delivery neither came before the other. -#}
{%- set compared = ['sequence_no', 'employee_id', 'system', 'action', 'object_type', 'object_id', 'occurred_at',
    'record_count', 'success', 'ip_address', 'before_value', 'after_value'] -%}
with

ranked_versions as (
    select
        event_id,
        {%- for column in compared %}
        {{ column }},
        {%- endfor %}
        profile,
        profile_version,
        _ts_offsets,
        _delivered_at,
        _source_file,
        _source_row,
        _row_hash,
        row_number() over (
            partition by event_id order by _delivered_at desc, _source_sha256 desc, _source_row desc
        ) as age
    from {{ ref('stg_hr__operation_versions') }}
),

replaced as (
    select
        earlier.event_id,
        earlier._delivered_at as delivered_at,
        latest._delivered_at as replaced_at,
        earlier._source_file as source_file,
        earlier._source_row as source_row,
        earlier._row_hash as row_hash,
        earlier.profile is not distinct from latest.profile
        and earlier.profile_version is not distinct from latest.profile_version as is_read_alike,
        concat(
            {%- for column in compared %}
            case
                when earlier.{{ column }} is distinct from latest.{{ column }}
                {%- if column == 'occurred_at' %} or earlier._ts_offsets is distinct from latest._ts_offsets {%- endif %}
                    then ', {{ column }}'
                else ''
            end{{ ',' if not loop.last }}
            {%- endfor %}
        ) as changed_columns,
        row_number() over (partition by earlier.event_id order by earlier.age) as position
    from ranked_versions as earlier
    inner join ranked_versions as latest on earlier.event_id = latest.event_id and latest.age = 1
    where earlier._row_hash <> latest._row_hash and earlier._delivered_at < latest._delivered_at
)

select
    event_id,
    delivered_at,
    replaced_at,
    is_read_alike,
    substring(changed_columns, 3) as changed_columns,
    event_id || '@' || {{ moment_text('delivered_at') }} as record_key,
    source_file,
    source_row,
    row_hash
from replaced
where position = 1
