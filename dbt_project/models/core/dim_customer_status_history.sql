{{ customer_value_history('status', listed_at='status_changed_at') }}
