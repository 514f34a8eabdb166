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

{#- Columns that only some rules have a value for. -#}
{% macro optional_rule_columns() -%}
    {{ return([
        'subject_type',
        'customer_id',
        'amount_at_risk',
        'currency',
        'status',
        'own_severity',
        'own_points',
    ]) }}
{%- endmacro %}

{#-
  The last select of a rule: `relation` must hold every rule column but the optional and the derived ones, and every
  column that the explanation names. A row whose review_cause is not null is NEEDS_REVIEW, else FAIL.
  has: the optional columns that the relation holds as well. Without them the subject is of the type, and graded as, the
  metadata says, the status is n.a. and the others are null.
  raises_review: false where no hit can need a person's look; the relation then has no review_cause.
-#}
{% macro rule_output(rule_id, relation, has=[], raises_review=true) -%}
    {%- for column in has if column not in optional_rule_columns() -%}
        {{ exceptions.raise_compiler_error(rule_id ~ ' has ' ~ column ~ ', which is no optional column of a rule') }}
    {%- endfor -%}
    {%- set derived = {
        'rule_id': sql_text(rule_id),
        'verdict': "case when review_cause is null then 'FAIL' else 'NEEDS_REVIEW' end" if raises_review else "'FAIL'",
    } -%}
    {%- if not raises_review -%} {%- do derived.update({'review_cause': 'null'}) -%} {%- endif -%}
    {%- set instead = {'subject_type': sql_text(rule_meta().get('subject_type', '')), 'status': "'n.a.'"} -%}
    {%- for column in optional_rule_columns() if column not in has -%}
        {%- do derived.update({column: instead.get(column, 'null')}) -%}
    {%- endfor -%}
select
    {%- for column, type in rule_columns().items() %}
    {%- if column.startswith('explanation_') %}
    {%- set language = column.split('_')[1] %}
    cast(
        {{ review_opening('review_cause', language) ~ '\n        || ' if raises_review }}{{ explanation(language) }} as {{ type }}
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
