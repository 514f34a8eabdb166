{%- for indication, parts in error_indications().items() %}
{%- set entries = [] -%}
{%- for record in parts.records -%}
{%- do entries.append(record if record is string else evidence_entry(indication, record[0], record[1])) -%}
{%- endfor %}
select
    error_id,
    '{{ indication }}' as indication,
    {{ loop.index }} as sort_order,
    {{ template_text(parts.zh, 'zh') }} as sentence_zh,
    {{ template_text(parts.en, 'en') }} as sentence_en,
    {{ evidence(entries) if entries else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as evidence
from {{ ref('sig_error_context') }}
where {{ parts.when }}
{{ 'union all' if not loop.last }}
{%- endfor %}
