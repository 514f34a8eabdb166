{#-
  Successful operations that took rows out of a system. Export and download are one act: which word a log uses is its
  vendor's choice.
-#}
{% macro taken_rows() -%}
    select event_id, employee_id, is_employee_identified, org_unit_id, job_family, occurred_at, record_count, record_key
    from {{ ref('fct_operation') }}
    where action in ('export', 'download') and record_count > 0 and coalesce(success, true)
{%- endmacro %}
