{#-
  After a policy seed is loaded: where the company keeps the table itself, its rows stand in policy_overlay (checked and
  whole) and take the place of the shipped ones.
-#}
{% macro lay_own_policy_over() -%}
    {%- if execute -%}
        {%- set own = adapter.get_relation(database=target.database, schema='policy_overlay', identifier=this.identifier) -%}
        {%- if own is not none -%}
            {%- set columns = adapter.get_columns_in_relation(own) | map(attribute='name') | join(', ') -%}
            {%- do run_query('delete from ' ~ this) -%}
            insert into {{ this }} ({{ columns }}) select {{ columns }} from {{ own }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
