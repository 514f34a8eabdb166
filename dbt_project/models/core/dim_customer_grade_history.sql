{{ customer_value_history('grade') }}
