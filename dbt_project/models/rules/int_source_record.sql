{{ config(materialized='view') }}
{%- for dataset, record_model in record_models().items() %}
select '{{ dataset }}' as dataset, record_key, source_file, source_row, row_hash
from {{ ref(record_model) }}
{{ 'union all' if not loop.last }}
{%- endfor %}
union all
{%- for dataset, record_model in replaced_record_models().items() %}
select '{{ dataset }}' as dataset, record_key, source_file, source_row, row_hash
from {{ ref(record_model) }}
{{ 'union all' if not loop.last }}
{%- endfor %}
