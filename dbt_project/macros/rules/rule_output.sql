{#- The columns of every rule model, in order: the one place where they are listed. name -> SQL type. -#}
{% macro rule_columns() -%}
    {{ return({
        'rule_id': 'varchar',
        'subject_type': 'varchar',
        'subject_id': 'varchar',
        'employee_id': 'varchar',
        'org_unit_id': 'varchar',
        'occurred_at': 'timestamp',
        'episode_started_at': 'timestamp',
        'customer_id': 'varchar',
        'amount_at_risk': 'decimal(18,2)',
        'currency': 'varchar',
        'status': 'varchar',
        'incident_key': 'varchar',
        'verdict': 'varchar',
        'review_cause': 'varchar',
        'explanation_zh': 'varchar',
        'explanation_en': 'varchar',
        'evidence': 'varchar',
    }) }}
{%- endmacro %}

{#-
  The last select of a rule: `relation` must hold every rule column but those that are derived here, and every column
  that the explanation names. A row whose review_cause is not null is NEEDS_REVIEW, else FAIL.
-#}
{% macro rule_output(rule_id, relation) -%}
    {%- set causes = review_causes() -%}
    {%- set derived = {
        'rule_id': sql_text(rule_id),
        'subject_type': sql_text(rule_meta().get('subject_type', '')),
        'verdict': "case when review_cause is null then 'FAIL' else 'NEEDS_REVIEW' end",
    } -%}
select
    {%- for column, type in rule_columns().items() %}
    {%- if column.startswith('explanation_') %}
    {%- set language = column.split('_')[1] %}
    cast(
        case review_cause
            {%- for code, texts in causes.items() %}
            when '{{ code }}' then {{ sql_text(texts[language]) }}
            {%- endfor %}
            else ''
        end
        || {{ explanation(language) }} as {{ type }}
    ) as {{ column }}
    {%- else %}
    cast({{ derived.get(column, column) }} as {{ type }}) as {{ column }}
    {%- endif %}
    {{- ',' if not loop.last }}
    {%- endfor %}
from {{ relation }}
{%- endmacro %}

{#- Hash that names a thing by texts: the same in every build and engine. -#}
{% macro text_hash(parts) -%}
    {{ dbt.hash(parts | join(" || '|' || ")) }}
{%- endmacro %}
