with

hits as (
    {{ message_hits('off_channel') }}
)

{{ rule_output('RED-02', 'hits', has=['customer_id', 'amount_at_risk', 'currency', 'status']) }}
