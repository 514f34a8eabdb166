{{ stage_dataset(
    'attendance', 'work_plans',
    keys=['plan_id'],
    columns=['plan_id', 'employee_id', 'planned_start', 'planned_end', 'activity', 'customer_id'],
    ts_columns=['planned_start', 'planned_end'],
    people={'employee_id': 'moment'},
    event='planned_start'
) }}
