{#-
  What people did that a rule family's violations are measured against: per family the signal that counts it, the
  counting column and the unit. A family that is not listed has counts, but no rate.
-#}
{% macro exposure_sources() -%}
    {{ return({
        'RED': {'signal': 'sig_message_exposure', 'count': 'message_count', 'unit': 'message'},
        'DISC': {'signal': 'sig_order_exposure', 'count': 'order_line_count', 'unit': 'order_line'},
        'POACH': {'signal': 'sig_order_exposure', 'count': 'order_count', 'unit': 'order'},
        'TRAJ': {'signal': 'sig_visit_exposure', 'count': 'visit_count', 'unit': 'visit'},
        'SVC': {'signal': 'sig_ticket_exposure', 'count': 'ticket_count', 'unit': 'ticket'},
        'PERM': {'signal': 'sig_operation_exposure', 'count': 'operation_count', 'unit': 'operation'},
    }) }}
{%- endmacro %}

{#- Rows (family, exposure_unit, employee_id, activity_date, activity_hour, exposure_count) of all families. -#}
{% macro exposure_by_hour() -%}
    {%- for family, source in exposure_sources().items() %}
    select
        '{{ family }}' as family,
        '{{ source.unit }}' as exposure_unit,
        employee_id,
        activity_date,
        activity_hour,
        {{ source.count }} as exposure_count
    from {{ ref(source.signal) }}
    where {{ source.count }} > 0
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
