{{ located_fact(
    'stg_attendance__work_plans',
    keys=['plan_id'],
    person='employee_id',
    moment='planned_start',
    columns=['plan_id', 'employee_id', 'planned_start', 'planned_end', 'activity', 'customer_id'],
    instants=['planned_start', 'planned_end']
) }}
