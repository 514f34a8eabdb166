with

hits as (
    select
        lines.order_line_id as subject_id,
        lines.employee_id,
        lines.org_unit_id,
        lines.ordered_at as occurred_at,
        lines.ordered_at as episode_started_at,
        lines.customer_id,
        (lines.quantity - stock.quantity) * lines.list_price * lines.discount_rate as amount_at_risk,
        lines.currency,
        lines.incident_key,
        lines.person_review_cause as review_cause,
        lines.quantity,
        stock.quantity as stock_quantity,
        lines.ordered_at,
        lines.discount_rate,
        {{ evidence([
            'lines.line_evidence',
            evidence_entry('stock', 'inventory', 'stock.record_key'),
        ]) }} as evidence
    from {{ ref('int_discount_line') }} as lines
    inner join {{ ref('fct_stock_day') }} as stock
        on lines.product_id = stock.product_id and cast(lines.ordered_at as date) = stock.as_of
    where lines.discount_rate < 1 and lines.quantity > stock.quantity
)

{{ rule_output('DISC-07', 'hits', has=['customer_id', 'amount_at_risk', 'currency']) }}
