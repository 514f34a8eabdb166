{#- Tickets, errors, training and knowledge; see timeline_events. -#}
{% macro timeline_svc() -%}
    {%- set money = "cast(cast({} as decimal(18, 2)) as " ~ dbt.type_string() ~ ")" -%}
    {%- set type = dbt.type_string() -%}
    {{ return({
        'service_errors': [{
            'at': 'record.occurred_at', 'actor': 'record.employee_id', 'content': none,
            'zh': "'发生差错(' || record.category || coalesce(',环节:' || record.process_step, '') || ')' || coalesce(',损失' || " ~ money.format('record.loss_amount') ~ " || ' ' || record.currency, '')",
            'en': "'Service error (' || record.category || coalesce(', step: ' || record.process_step, '') || ')' || coalesce(', loss ' || " ~ money.format('record.loss_amount') ~ " || ' ' || record.currency, '')",
        }],
        'tickets': [
            {
                'at': 'record.opened_at', 'actor': 'record.customer_id', 'content': none,
                'zh': "case when record.is_complaint then '客户投诉(' else '客户提交工单(' end || record.category || ')'",
                'en': "case when record.is_complaint then 'Complaint opened (' else 'Ticket opened (' end || record.category || ')'",
            },
            {
                'at': 'record.first_response_at', 'actor': 'record.employee_id', 'content': none,
                'zh': "'首次响应,等待' || cast(" ~ dbt.datediff('record.opened_at_utc', 'record.first_response_at_utc', 'second') ~ " as " ~ type ~ ") || '秒'",
                'en': "'First response after ' || cast(" ~ dbt.datediff('record.opened_at_utc', 'record.first_response_at_utc', 'second') ~ " as " ~ type ~ ") || ' s'",
            },
            {
                'at': 'record.resolved_at', 'actor': 'record.employee_id', 'content': none,
                'zh': "'工单解决' || coalesce(',满意度' || cast(record.satisfaction as " ~ type ~ "), '')",
                'en': "'Ticket resolved' || coalesce(', satisfaction ' || cast(record.satisfaction as " ~ type ~ "), '')",
            },
        ],
        'training_records': [
            {
                'at': 'record.assigned_at', 'actor': none, 'content': none,
                'zh': "'指定培训“' || coalesce(record.course_name, record.course_code) || '”' || coalesce(',' || " ~ value_text('record.due_at', 'moment', 'zh') ~ " || '前完成', '')",
                'en': "'Training \"' || coalesce(record.course_name, record.course_code) || '\" assigned' || coalesce(', due ' || " ~ value_text('record.due_at', 'moment', 'en') ~ ", '')",
            },
            {
                'at': 'record.completed_at', 'actor': 'record.employee_id', 'content': none,
                'zh': "'完成培训' || coalesce(',成绩' || " ~ number_text('record.score') ~ ", '')",
                'en': "'Training completed' || coalesce(', score ' || " ~ number_text('record.score') ~ ", '')",
            },
        ],
        'knowledge_articles': [
            {
                'at': 'record.updated_at', 'actor': none, 'content': none,
                'zh': "'知识文章' || record.article_id || '更新为第' || cast(record.version as " ~ type ~ ") || '版'",
                'en': "'Article ' || record.article_id || ' updated to version ' || cast(record.version as " ~ type ~ ")",
            },
            {
                'at': 'record.synced_at', 'actor': none, 'content': none,
                'zh': "'知识文章' || record.article_id || '第' || cast(record.version as " ~ type ~ ") || '版同步给客服'",
                'en': "'Article ' || record.article_id || ', version ' || cast(record.version as " ~ type ~ ") || ', reached the agents'",
            },
        ],
        'knowledge_access': [{
            'at': 'record.accessed_at', 'actor': 'record.employee_id', 'content': none,
            'zh': "'阅读知识文章' || record.article_id", 'en': "'Article ' || record.article_id || ' read'",
        }],
    }) }}
{%- endmacro %}
