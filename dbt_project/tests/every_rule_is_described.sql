{#- One row per piece of metadata that an implemented rule lacks, or that contradicts the rest. -#}
{%- set texts = ['name', 'rationale', 'known_false_positives', 'next_steps', 'policy_source', 'explanation'] -%}
{%- set single = ['rule_id', 'family', 'subject_type', 'subject_dataset', 'required_datasets', 'version', 'status', 'severity', 'loss_kind', 'answerable'] -%}
{%- set faults = [] -%}
{%- if execute -%}
    {%- for rule_model in rule_models() -%}
        {%- set node = graph.nodes.values() | selectattr('name', 'equalto', rule_model) | first -%}
        {%- set meta = node.config.meta -%}
        {%- for key in single -%}
            {%- if not meta.get(key) -%} {%- do faults.append([rule_model, key]) -%} {%- endif -%}
        {%- endfor -%}
        {%- for key in texts -%}
            {%- for language in ['zh', 'en'] -%}
                {%- if not meta.get(key, {}).get(language) -%} {%- do faults.append([rule_model, key ~ '.' ~ language]) -%} {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- if meta.get('optional_datasets') is none or meta.get('optional_datasets') is undefined -%}
            {%- do faults.append([rule_model, 'optional_datasets']) -%}
        {%- endif -%}
        {%- if meta.get('points') is none or meta.get('points') is undefined -%} {%- do faults.append([rule_model, 'points']) -%} {%- endif -%}
        {%- if meta.get('severity') not in ['critical', 'major', 'minor', 'warning'] -%} {%- do faults.append([rule_model, 'severity']) -%} {%- endif -%}
        {%- if meta.get('loss_kind') not in ['hard_loss', 'amount_at_risk', 'none'] -%} {%- do faults.append([rule_model, 'loss_kind']) -%} {%- endif -%}
        {%- if meta.get('answerable') not in ['person', 'company', 'nobody'] -%} {%- do faults.append([rule_model, 'answerable']) -%} {%- endif -%}
        {%- for parameter, threshold in meta.get('thresholds', {}).items() -%}
            {%- for key in ['value', 'unit', 'stricter_is', 'label'] if threshold.get(key) is none -%}
                {%- do faults.append([rule_model, 'thresholds.' ~ parameter ~ '.' ~ key]) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- if meta.get('status') not in ['experimental', 'stable', 'deprecated'] -%} {%- do faults.append([rule_model, 'status']) -%} {%- endif -%}
        {%- if meta.get('judged_after') and meta.judged_after not in meta.get('thresholds', {}) -%}
            {%- do faults.append([rule_model, 'judged_after is no threshold']) -%}
        {%- endif -%}
        {%- if meta.get('subject_dataset') not in meta.get('required_datasets', []) -%} {%- do faults.append([rule_model, 'subject_dataset is not required']) -%} {%- endif -%}
    {%- endfor -%}
    {%- for node in graph.nodes.values() -%}
        {%- if node.resource_type == 'model' and node.name.startswith('rule_') and node.config.get('meta', {}).get('rule_id') and node.name not in rule_models() -%}
            {%- do faults.append([node.name, 'is not listed in rule_models()']) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endif -%}
-- depends_on: {{ ref('rule_dataset') }}
{% for fault in faults %}
select {{ sql_text(fault[0]) }} as rule_model, {{ sql_text(fault[1]) }} as lacks
{{ 'union all' if not loop.last }}
{% else %}
select rule_id as rule_model, dataset as lacks
from {{ ref('rule_dataset') }}
where 1 = 0
{% endfor %}
