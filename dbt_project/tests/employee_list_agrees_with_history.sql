-- A person whose listed unit is not the one that the last event before the list named: an event is missing or late, and
-- the facts of the time between may be shown in the wrong unit. Worth asking HR, no reason to withhold the dashboards.
{{ config(severity='warn') }}
select
    listed.employee_id,
    listed.org_unit_id as listed_org_unit_id,
    history.org_unit_id as history_org_unit_id,
    history.valid_from
from {{ ref('stg_hr__employees') }} as listed
inner join {{ ref('dim_employee_history') }} as history
    on listed.employee_id = history.employee_id
    and history.valid_from <= listed._delivered_at
    and (history.valid_to is null or history.valid_to > listed._delivered_at)
where listed.org_unit_id is distinct from history.org_unit_id
