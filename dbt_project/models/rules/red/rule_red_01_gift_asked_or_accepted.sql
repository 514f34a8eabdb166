with

hits as (
    {{ message_hits('gift_money') }}
)

{{ rule_output('RED-01', 'hits') }}
