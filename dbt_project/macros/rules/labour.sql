{#-
  Join of what labour law demands where and when, with the unit's agreements, as <alias>.value (null = no limit by law).
  A narrower scope, such as a band of contract length, is asked for by name; work regime and employer are resolved.
-#}
{% macro labour_limit_join(alias, limit_code, moment, org_unit_id, work_regime, scope="'all'", kind='inner') -%}
{{ kind }} join {{ ref('int_labour_limit') }} as {{ alias }}
    on {{ alias }}.limit_code = '{{ limit_code }}'
    and {{ alias }}.scope = {{ scope }}
    and {{ org_unit_id }} = {{ alias }}.org_unit_id
    and {{ work_regime }} = {{ alias }}.work_regime
    and {{ in_force(alias, moment) }}
{%- endmacro %}

{#- Join of the person's own agreement on a limit; where it names no value, the limit is lifted for the person. -#}
{% macro personal_agreement_join(alias, limit, employee_id, moment) -%}
left join {{ ref('labour_agreements') }} as {{ alias }}
    on {{ employee_id }} = {{ alias }}.employee_id
    and {{ limit }}.limit_code = {{ alias }}.limit_code
    and {{ limit }}.country_code = {{ alias }}.country_code
    and {{ in_force(alias, moment) }}
{%- endmacro %}

{#- The limit for the person: the own agreement's value, else the unit's. -#}
{% macro personal_limit(limit, agreement) -%}
    case when {{ agreement }}.employee_id is not null then {{ agreement }}.value else {{ limit }}.value end
{%- endmacro %}

{#- Whether a measure breaks a limit; never where the limit is null. -#}
{% macro breaks_limit(measure, value, bound) -%}
    ({{ measure }} > {{ value }} or ({{ bound }} = 'below' and {{ measure }} = {{ value }}))
{%- endmacro %}

{#-
  Joins of the pay up to which the law protects a person (Singapore, Part 4) and of the person's pay of that month.
  With them go covered_by_pay, which must hold, and pay_review_cause.
-#}
{% macro protected_pay_joins(employee_id, moment, org_unit_id, work_regime) -%}
{{ labour_limit_join('pay_cap', 'protected_pay_cap', moment, org_unit_id, work_regime, kind='left') }}
left join {{ ref('int_base_pay') }} as base_pay
    on {{ employee_id }} = base_pay.employee_id
    and cast({{ dbt.date_trunc('month', moment) }} as date) = base_pay.month
    {#- Pay in another currency cannot be held against the cap, so it counts as unknown. #}
    and pay_cap.unit = base_pay.currency || '_per_month'
{%- endmacro %}

{% macro covered_by_pay() -%}
    (pay_cap.value is null or base_pay.base_pay is null or base_pay.base_pay <= pay_cap.value)
{%- endmacro %}

{% macro pay_review_cause() -%}
    case when pay_cap.value is not null and base_pay.base_pay is null then 'unknown_base_pay' end
{%- endmacro %}

{#- First day of the week that `day` lies in, where weeks begin on `first_weekday` (Monday = 1 ... Sunday = 7). -#}
{% macro week_start(day, first_weekday) -%}
    {%- set ahead = 'cast(mod(8 - ' ~ first_weekday ~ ', 7) as integer)' -%}
    cast({{ dbt.dateadd('day', '-' ~ ahead, dbt.date_trunc('week', dbt.dateadd('day', ahead, day))) }} as date)
{%- endmacro %}

{#- Evidence of the work of chosen days: CTEs over `days` (subject_id, employee_id, work_date); the last is `work_evidence`. -#}
{% macro work_evidence(days) -%}
day_punches as (
    select {{ days }}.subject_id, presences.in_punch_id as punch_id
    from {{ days }}
    inner join {{ ref('int_presence') }} as presences
        on {{ days }}.employee_id = presences.employee_id and {{ days }}.work_date = presences.work_date
    where presences.in_punch_id is not null
    union
    select {{ days }}.subject_id, presences.out_punch_id as punch_id
    from {{ days }}
    inner join {{ ref('int_presence') }} as presences
        on {{ days }}.employee_id = presences.employee_id and {{ days }}.work_date = presences.work_date
    where presences.out_punch_id is not null
),

punch_entries as (
    select subject_id, {{ evidence_entries('worked', 'punches', 'punch_id') }} as punch_evidence
    from day_punches
    group by subject_id
),

shift_entries as (
    select {{ days }}.subject_id, {{ evidence_entries('schedule', 'schedules', 'shifts.record_key') }} as shift_evidence
    from {{ days }}
    inner join {{ ref('fct_shift') }} as shifts
        on {{ days }}.employee_id = shifts.employee_id and {{ days }}.work_date = shifts.shift_date
    group by {{ days }}.subject_id
),

work_evidence as (
    select
        punch_entries.subject_id,
        {{ evidence(['punch_entries.punch_evidence', 'shift_entries.shift_evidence']) }} as evidence
    from punch_entries
    left join shift_entries on punch_entries.subject_id = shift_entries.subject_id
)
{%- endmacro %}

{#-
  Evidence of the hours of a window: CTEs over `broken` (subject_id, employee_id, window_from, window_to), of which
  `condition` chooses the rows; the last is `work_evidence`. Cited are the latest days that made the hours, which are
  those with overtime or, where `any_work_counts`, all that were worked; more than a month of them would bury the rest.
-#}
{% macro overtime_evidence(broken, any_work_counts, condition='1 = 1') -%}
{%- set cited_count = 31 -%}
candidate_days as (
    select
        {{ broken }}.subject_id,
        days.employee_id,
        days.work_date,
        row_number() over (partition by {{ broken }}.subject_id order by days.work_date desc) as position
    from {{ broken }}
    inner join {{ ref('int_work_day') }} as days
        on {{ broken }}.employee_id = days.employee_id
        and days.work_date >= {{ broken }}.window_from
        and days.work_date <= {{ broken }}.window_to
    where
        {{ condition }}
        and days.worked_minutes > 0
        and (
            {{ any_work_counts }}
            or days.ordinary_overtime_minutes + days.rest_day_minutes + days.public_holiday_minutes > 0
        )
),

cited_days as (
    select subject_id, employee_id, work_date
    from candidate_days
    where position <= {{ cited_count }}
),

{{ work_evidence('cited_days') }}
{%- endmacro %}
