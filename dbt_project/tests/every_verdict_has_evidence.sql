{#- A verdict that no source row backs, or a source row that nobody can open, is not fit for a case file. -#}
select
    verdicts.violation_id,
    verdicts.rule_id,
    evidence.dataset,
    evidence.record_key
from {{ ref('rule_verdict') }} as verdicts
left join {{ ref('rule_evidence') }} as evidence on verdicts.violation_id = evidence.violation_id
where evidence.violation_id is null or evidence.source_row is null
