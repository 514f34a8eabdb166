with

hits as (
    {{ message_hits('gift_money') }}
)

{{ rule_output('RED-01', 'hits', has=['customer_id', 'amount_at_risk', 'currency', 'status']) }}
