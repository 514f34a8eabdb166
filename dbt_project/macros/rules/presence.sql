{#- Where the subjects of rules are found: dataset -> model whose org_unit_id says where its facts happened. -#}
{% macro subject_models() -%}
    {{ return({
        'orders': 'fct_order',
        'contracts': 'fct_contract',
        'approval_requests': 'fct_approval_request',
        'interactions': 'fct_interaction',
        'operation_log': 'fct_operation',
        'punches': 'fct_punch',
        'work_summaries': 'fct_work_summary',
        'employees': 'dim_employee_history',
        'customer_changes': 'fct_customer_change',
        'service_errors': 'fct_service_error',
        'tickets': 'fct_ticket',
        'training_records': 'fct_training',
    }) }}
{%- endmacro %}
