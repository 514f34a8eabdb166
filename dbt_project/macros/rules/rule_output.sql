{#- The columns of every rule model, in order: the one place where they are listed. name -> SQL type. -#}
{% macro rule_columns() -%}
    {%- set text = dbt.type_string() -%}
    {{ return({
        'rule_id': text,
        'subject_type': text,
        'subject_id': text,
        'employee_id': text,
        'org_unit_id': text,
        'occurred_at': 'timestamp',
        'episode_started_at': 'timestamp',
        'customer_id': text,
        'amount_at_risk': 'decimal(18,2)',
        'currency': text,
        'status': text,
        'incident_key': text,
        'verdict': text,
        'review_cause': text,
        'explanation_zh': text,
        'explanation_en': text,
        'evidence': text,
        'own_severity': text,
        'own_points': 'decimal(18,6)',
    }) }}
{%- endmacro %}

{#-
  The last select of a rule: `relation` must hold every rule column but those that are derived here, and every column
  that the explanation names. A row whose review_cause is not null is NEEDS_REVIEW, else FAIL.
  subject_type: the column that holds it, for a rule with subjects of several types; else the metadata names the one.
  grades_rows: whether the relation has own_severity and own_points (null = the rule's, as for every row of other rules).
-#}
{% macro rule_output(rule_id, relation, subject_type=none, grades_rows=false) -%}
    {%- set causes = review_causes() -%}
    {%- set derived = {
        'rule_id': sql_text(rule_id),
        'subject_type': subject_type or sql_text(rule_meta().get('subject_type', '')),
        'verdict': "case when review_cause is null then 'FAIL' else 'NEEDS_REVIEW' end",
    } -%}
    {%- if not grades_rows -%} {%- do derived.update({'own_severity': 'null', 'own_points': 'null'}) -%} {%- endif -%}
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
