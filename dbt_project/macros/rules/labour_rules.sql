{#- Which limits of the law each rule judges by: where all of them are empty, the rule does not apply by law. -#}
{% macro labour_rule_limits() -%}
    {{ return({
        'LAB-01': [
            'overtime_month_hours', 'all_overtime_month_hours', 'all_overtime_average_hours', 'overtime_year_hours',
            'months_above_overtime_cap', 'average_week_hours',
        ],
        'LAB-02': ['overtime_day_hours', 'worked_day_hours'],
        'LAB-03': ['consecutive_work_days'],
        'LAB-04': ['written_contract'],
        'LAB-05': ['probation'],
        'LAB-06': ['rate_ordinary', 'rate_ordinary_above_60', 'rate_rest_day', 'rate_public_holiday'],
        'EXIT-06': ['final_pay'],
    }) }}
{%- endmacro %}
