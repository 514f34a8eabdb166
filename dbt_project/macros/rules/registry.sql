{#- The rule models whose verdicts count, in the order of the catalogue: a new rule adds its name here. -#}
{% macro rule_models() -%}
    {{ return([
        'rule_cust_01_contact_changes',
        'rule_cust_02_score_fall',
        'rule_disc_01_unapproved_discount',
        'rule_disc_02_approved_after_order',
        'rule_disc_03_not_off_season',
        'rule_disc_04_lower_than_approved',
        'rule_disc_05_steps_missing_or_out_of_order',
        'rule_disc_06_unauthorised_approver',
        'rule_disc_07_more_than_stock',
        'rule_exit_01_operation_after_last_day',
        'rule_exit_02_permission_not_revoked',
        'rule_exit_03_rows_taken_before_leaving',
        'rule_exit_04_customer_still_owned',
        'rule_exit_05_no_contact_after_handover',
        'rule_exit_06_final_wages_late',
        'rule_lab_01_overtime_above_cap',
        'rule_lab_02_day_above_cap',
        'rule_lab_03_no_rest_day',
        'rule_lab_04_contract_unsigned',
        'rule_lab_05_probation_too_long',
        'rule_lab_06_overtime_underpaid',
        'rule_perm_01_operation_not_allowed',
        'rule_perm_02_incompatible_roles',
        'rule_perm_03_unusual_export',
        'rule_perm_04_log_altered',
        'rule_poach_01_no_approved_request',
        'rule_poach_02_no_contact_before_order',
        'rule_poach_03_pending_without_contact',
        'rule_poach_04_paid_privately',
        'rule_poach_05_lost_after_stall',
        'rule_red_01_gift_asked_or_accepted',
        'rule_red_02_moved_off_channel',
        'rule_red_03_private_receipt',
        'rule_red_04_message_removed',
        'rule_svc_01_costly_error',
        'rule_svc_02_repeated_error',
        'rule_svc_03_late_first_responses',
        'rule_svc_04_training_past_due',
        'rule_traj_01_punch_far_from_customer',
        'rule_traj_02_claimed_visit_contradicted',
        'rule_traj_03_visit_without_photo',
        'rule_traj_04_impossible_speed',
        'rule_traj_05_field_day_without_summary',
    ]) }}
{%- endmacro %}

{#- What a rule may answer of a unit and a day, as in rule_status. -#}
{% macro rule_answers() -%}
    {{ return(['pass', 'fail', 'needs_review', 'no_data', 'not_applicable', 'not_yet_effective']) }}
{%- endmacro %}

{#- Metadata of every implemented rule, by its model's properties; empty while dbt is still parsing. -#}
{% macro rule_registry() -%}
    {%- set rules = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() -%}
            {%- if node.resource_type == 'model' and node.name in rule_models() -%}
                {%- do rules.append(node.config.meta) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(rules | sort(attribute='rule_id')) }}
{%- endmacro %}

{#- Every parameter of every rule: rule_id, parameter, value, unit, stricter_is, label. -#}
{% macro registered_parameters() -%}
    {%- set parameters = [] -%}
    {%- for rule in rule_registry() -%}
        {%- for parameter, threshold in rule.get('thresholds', {}).items() -%}
            {%- do parameters.append(dict(rule_id=rule.rule_id, parameter=parameter, **threshold)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(parameters) }}
{%- endmacro %}

{#- Where the source rows that rules cite are found: dataset -> model with record_key, source_file, source_row, row_hash. -#}
{% macro record_models() -%}
    {{ return({
        'orders': 'fct_order',
        'order_lines': 'fct_order_line',
        'approval_requests': 'fct_approval_request',
        'approval_steps': 'fct_approval_step',
        'permission_grants': 'dim_role_history',
        'product_season_status': 'dim_product_season_history',
        'inventory': 'fct_stock_day',
        'messages': 'sig_message_context',
        'receipts': 'fct_receipt',
        'contracts': 'fct_contract',
        'quotes': 'fct_quote',
        'interactions': 'fct_interaction',
        'customers': 'dim_customer',
        'customer_ownership': 'fct_customer_ownership',
        'customer_changes': 'fct_customer_change',
        'operation_log': 'fct_operation',
        'punches': 'fct_punch',
        'work_plans': 'fct_work_plan',
        'work_summaries': 'fct_work_summary',
        'org_units': 'dim_org_unit',
        'employees': 'dim_employee',
        'employee_events': 'fct_employee_event',
        'service_errors': 'fct_service_error',
        'tickets': 'fct_ticket',
        'training_records': 'fct_training',
        'knowledge_articles': 'fct_knowledge_article',
        'knowledge_access': 'fct_knowledge_access',
        'exchange_rates': 'dim_exchange_rate',
        'schedules': 'fct_shift',
        'leaves': 'fct_leave',
        'employment_contracts': 'fct_employment_contract',
        'payroll': 'fct_payroll',
    }) }}
{%- endmacro %}

{#- Earlier versions of records that rules cite beside the present one, under keys of their own: dataset -> model. -#}
{% macro replaced_record_models() -%}
    {{ return({'operation_log': 'fct_replaced_operation'}) }}
{%- endmacro %}

{#- From when on the registry's settings and thresholds hold: before any fact that is ever judged. -#}
{% macro first_policy_day() -%}
    cast('2000-01-01' as date)
{%- endmacro %}
