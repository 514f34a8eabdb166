{{ located_fact(
    'stg_crm__customer_changes',
    keys=['change_id'],
    person='changed_by',
    moment='changed_at',
    columns=['change_id', 'customer_id', 'changed_at', 'field', 'old_value', 'new_value', 'changed_by'],
    instants=['changed_at'],
    identified_as='is_changer_identified'
) }}
