{#- Cohort of what cannot be placed: it stays in the table, so that the cohorts of a unit add up to the unit. -#}
{% macro unknown_cohort() -%}unknown{%- endmacro %}

{#- In the place of a rule family where a question is not about one. -#}
{% macro everybody() -%}all{%- endmacro %}

{#- The cohorts that people belong to by day, as columns of dim_cohort_history; `shift_band` goes by the hour. -#}
{% macro cohort_attributes() -%}
    {{ return(['tenure_band', 'hire_half_year', 'job_family', 'manager_id', 'training_state']) }}
{%- endmacro %}

{#- All ways in which the people of a unit are divided. -#}
{% macro cohort_types() -%}
    {{ return(cohort_attributes() + ['shift_band']) }}
{%- endmacro %}

{#- The columns by day, unknown where they cannot be placed. -#}
{% macro cohort_columns(alias) -%}
    {%- for attribute in cohort_attributes() %}
    coalesce({{ alias }}.{{ attribute }}, '{{ unknown_cohort() }}') as {{ attribute }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- What is done is counted by the hour, so an hour belongs whole to the shift that covers its middle. -#}
{% macro middle_of_hour(day, hour) -%}
    {{ dbt.dateadd('minute', '60 * ' ~ hour ~ ' + 30', 'cast(' ~ day ~ ' as timestamp)') }}
{%- endmacro %}

{#-
  The shift that `moment` of `person` lies in, as two joins (a night shift began the day before) and a column. A moment
  outside every shift of somebody with a roster that day is off duty; without a roster it is unknown.
-#}
{% macro shift_joins(person, moment) -%}
    left join {{ ref('int_shift_band') }} as shift_today
        on {{ person }} = shift_today.employee_id
        and cast({{ moment }} as date) = shift_today.shift_date
    left join {{ ref('int_shift_band') }} as shift_before
        on {{ person }} = shift_before.employee_id
        and cast({{ dbt.dateadd('day', -1, moment) }} as date) = shift_before.shift_date
        and {{ moment }} < shift_before.shift_end
        and {{ moment }} >= shift_before.shift_start
{%- endmacro %}

{% macro shift_column(moment) -%}
    case
        when shift_before.shift_date is not null then coalesce(shift_before.shift_band, '{{ unknown_cohort() }}')
        when {{ moment }} >= shift_today.shift_start and {{ moment }} < shift_today.shift_end
            then coalesce(shift_today.shift_band, '{{ unknown_cohort() }}')
        when shift_today.shift_date is not null then 'off_duty'
        else '{{ unknown_cohort() }}'
    end
{%- endmacro %}
