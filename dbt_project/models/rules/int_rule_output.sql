{{ config(materialized='view') }}
{%- for rule_model in rule_models() %}
select
    {%- for column in rule_columns() %}
    {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref(rule_model) }}
{{ 'union all' if not loop.last }}
{%- endfor %}
