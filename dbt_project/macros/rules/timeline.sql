{#-
  The events that a record tells, for the case file. dataset -> events, each with the SQL of its moment (`at`), its
  actor, its two summaries and its content, over the model that record_models() names, as `record`; `join` where a name
  has to be looked up. One macro per subject in timeline/.
-#}
{% macro timeline_events() -%}
    {%- set events = {} -%}
    {%- for subject in [timeline_trade(), timeline_talk(), timeline_traj(), timeline_poach(), timeline_access(), timeline_svc(), timeline_labour()] -%}
        {%- for dataset in subject if dataset in events -%}
            {%- do exceptions.raise_compiler_error(dataset ~ ' tells its events in two subjects of the timeline') -%}
        {%- endfor -%}
        {%- do events.update(subject) -%}
    {%- endfor -%}
    {{ return(events) }}
{%- endmacro %}
