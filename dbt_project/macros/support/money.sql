{#- Currency of amounts whose row names none: the contract's default. -#}
{% macro default_currency() -%}'CNY'{%- endmacro %}
