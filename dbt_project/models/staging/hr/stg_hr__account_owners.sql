{#-
  Validities of one account may overlap; cut at every start and end, so that each stretch has all its owners in one row.
  A row that a later full delivery no longer holds ended at that delivery's stamp, unless it had ended before.
-#}
with

told as (
    select
        identities.system || ':' || identities.account as person_ref,
        identities.employee_id,
        identities.valid_from,
        coalesce(identities.valid_to, cast('9999-12-31' as timestamp)) as valid_to,
        coalesce(
            {{ local_time('identities._ended_at', 0, 'group_zone.timezone') }}, cast('9999-12-31' as timestamp)
        ) as ended_at
    from {{ ref('stg_hr__identities') }} as identities
    cross join {{ ref('stg_hr__group_timezone') }} as group_zone
),

owned as (
    select
        person_ref,
        employee_id,
        valid_from,
        case when ended_at < valid_to then ended_at else valid_to end as valid_to
    from told
),

bounds as (
    select person_ref, valid_from as starts_at from owned
    union
    select person_ref, valid_to as starts_at from owned
),

stretches as (
    select
        person_ref,
        starts_at as valid_from,
        lead(starts_at) over (partition by person_ref order by starts_at) as valid_to
    from bounds
)

select
    stretches.person_ref,
    stretches.valid_from,
    stretches.valid_to,
    case when min(owned.employee_id) = max(owned.employee_id) then min(owned.employee_id) end as employee_id
from stretches
inner join owned
    on stretches.person_ref = owned.person_ref
    and stretches.valid_from >= owned.valid_from
    and stretches.valid_from < owned.valid_to
group by stretches.person_ref, stretches.valid_from, stretches.valid_to
