{#-
  Evidence travels from a rule as text, one entry per line: role=dataset:record_key. The role says what the record
  shows, the key is the contract's key with its parts joined by '/'. `rule_evidence` resolves it to source rows.
-#}
{% macro evidence_entry(role, dataset, record_key) -%}
    '{{ role }}={{ dataset }}:' || {{ record_key }}
{%- endmacro %}

{#- An entry whose dataset is the value of a column: what tells it differs from row to row. -#}
{% macro evidence_entry_of(role, dataset_column, record_key) -%}
    '{{ role }}=' || {{ dataset_column }} || ':' || {{ record_key }}
{%- endmacro %}

{#- Entries of many records, in key order; null where there are none. Use it with a group by. -#}
{% macro evidence_entries(role, dataset, record_key) -%}
    {{ dbt.listagg(evidence_entry(role, dataset, record_key), "chr(10)", 'order by ' ~ record_key) }}
{%- endmacro %}

{#- The evidence column from entries, of which some may be null. -#}
{% macro evidence(entries) -%}
    concat(
        {%- for entry in entries %}
        {%- if loop.first %}
        {{ entry }}
        {%- else %}
        coalesce(chr(10) || {{ entry }}, '')
        {%- endif %}
        {{- ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{#- One row per element of a text split at `separator`: the columns of `columns` and the element as `entry`. -#}
{% macro split_to_rows(relation, columns, text, separator) -%}
    {{ return(adapter.dispatch('split_to_rows', 'hufu')(relation, columns, text, separator)) }}
{%- endmacro %}

{% macro duckdb__split_to_rows(relation, columns, text, separator) -%}
    select {{ columns | join(', ') }}, unnest(string_split({{ text }}, {{ separator }})) as entry
    from {{ relation }}
{%- endmacro %}

{% macro spark__split_to_rows(relation, columns, text, separator) -%}
    select {{ columns | join(', ') }}, explode(split({{ text }}, {{ separator }})) as entry
    from {{ relation }}
{%- endmacro %}
