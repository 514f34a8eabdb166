{#- The windows and thresholds of one kind of comparison, as the body of a CTE. -#}
{% macro windows_of(scope) -%}
    select
        family,
        exposure_unit,
        period_start,
        period_end,
        minimum_exposure,
        minimum_expected_events,
        practical_ratio,
        fdr_level
    from {{ ref('comparison_windows') }}
    where scope = '{{ scope }}'
{%- endmacro %}

{#- Every unit with each unit above it whose slots and cohorts are looked at on their own, as the body of a CTE. -#}
{% macro compared_ancestors() -%}
    select bridge.org_unit_id, bridge.ancestor_id
    from {{ ref('bridge_org_unit_ancestor') }} as bridge
    inner join {{ ref('dim_org_unit') }} as units on bridge.ancestor_id = units.org_unit_id
    where units.is_group or units.org_unit_type in ('company', 'branch')
{%- endmacro %}

{#-
  Columns that every comparison has: own counts, those of the rest, and the thresholds. Exposure that nobody measures
  is null, exposure that was measured and is none is 0.
-#}
{% macro comparison_columns(own, total, windows) -%}
    {{ windows }}.exposure_unit,
    {{ windows }}.period_start,
    {{ windows }}.period_end,
    cast(coalesce({{ own }}.event_count, 0) as bigint) as event_count,
    cast(
        case when {{ windows }}.exposure_unit is not null then coalesce({{ own }}.exposure_count, 0) end as bigint
    ) as exposure_count,
    cast({{ total }}.event_count - coalesce({{ own }}.event_count, 0) as bigint) as other_event_count,
    cast(
        case
            when {{ windows }}.exposure_unit is not null
                then {{ total }}.exposure_count - coalesce({{ own }}.exposure_count, 0)
        end as bigint
    ) as other_exposure_count,
    {{ windows }}.minimum_exposure,
    {{ windows }}.minimum_expected_events,
    {{ windows }}.practical_ratio,
    {{ windows }}.fdr_level
{%- endmacro %}

{#- What the statistics say of a compared row, in the order of the marts. -#}
{% macro comparison_results(rates) -%}
    {%- for column in [
        'rate_per_1000', 'rate_low', 'rate_high', 'shrunk_rate_per_1000', 'shrunk_rate_low', 'shrunk_rate_high',
        'other_rate_per_1000', 'expected_event_count', 'rate_ratio',
        'rate_ratio_low', 'rate_ratio_high', 'p_value', 'q_value', 'is_flagged', 'has_enough_data'
    ] %}
    {{ rates }}.{{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
