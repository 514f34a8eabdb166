{#- The causes that a service error can be attributed to, with their names; undecidable is the absence of one. -#}
{% macro error_causes() -%}
    {{ return({
        'knowledge_gap': {'zh': '知识欠缺', 'en': 'knowledge gap'},
        'system_not_synced': {'zh': '系统未同步', 'en': 'system not synced'},
        'process_flaw': {'zh': '流程缺陷', 'en': 'process flaw'},
        'negligence': {'zh': '个人疏忽', 'en': 'negligence'},
    }) }}
{%- endmacro %}

{#-
  What a record, or its absence, may say of an error's cause, in the order in which it is told: code -> the condition
  over sig_error_context, the records that show it, and the sentence. How much each weighs is policy
  (attribution_weights); a code without a weight says nothing. The person's own records speak only of a known person.
-#}
{% macro error_indications() -%}
    {%- set person = 'is_employee_identified and ' -%}
    {%- set is_group = 'step_person_count >= process_minimum_persons and (coalesce(step_person_count >= process_person_share * active_person_count, false) or coalesce(step_person_count >= process_step_ratio * other_step_person_count, false))' -%}
    {%- set trained = 'completed_training_key is not null and coalesce(training_score >= passing_score, true)' -%}
    {{ return({
        'training_overdue': {
            'when': person ~ 'overdue_training_key is not null',
            'records': [('training_records', 'overdue_training_key')],
            'zh': '该类别培训{overdue_training_key}应于{overdue_due_at:moment}前完成,差错发生时尚未完成(完成时间:{overdue_completed_at:moment|至数据日期未完成})',
            'en': 'training {overdue_training_key} on this category was due {overdue_due_at:moment} and not completed when the error happened (completed: {overdue_completed_at:moment|not by the date of the data})',
        },
        'training_pending': {
            'when': person ~ 'pending_training_key is not null and overdue_training_key is null and completed_training_key is null',
            'records': [('training_records', 'pending_training_key')],
            'zh': '该类别培训{pending_training_key}已指定、尚未完成(应于{pending_due_at:moment|未定时间}前完成)',
            'en': 'training {pending_training_key} on this category was assigned and not completed yet (due {pending_due_at:moment|at no set time})',
        },
        'training_failed': {
            'when': person ~ 'completed_training_key is not null and training_score < passing_score',
            'records': [('training_records', 'completed_training_key')],
            'zh': '本人{training_completed_at:moment}完成的该类别培训{completed_training_key}成绩为{training_score:number},低于及格线{passing_score:number}',
            'en': 'training {completed_training_key} on this category, completed {training_completed_at:moment}, scored {training_score:number}, below the pass mark {passing_score:number}',
        },
        'not_trained': {
            'when': person ~ 'knows_training and completed_training_key is null and overdue_training_key is null and pending_training_key is null and conduct_training_key is null',
            'records': [],
            'zh': '差错前{training_valid_days:number}天内没有本人在“{category}”类别的培训记录',
            'en': 'there is no training of the person on "{category}" in the {training_valid_days:number} days before the error',
        },
        'trained': {
            'when': person ~ trained,
            'records': [('training_records', 'completed_training_key')],
            'zh': '本人已于{training_completed_at:moment}完成该类别培训{completed_training_key}(成绩{training_score:number|未登记})',
            'en': 'the person completed training {completed_training_key} on this category {training_completed_at:moment} (score {training_score:number|not recorded})',
        },
        'article_read': {
            'when': person ~ 'is_current_version_read',
            'records': [('knowledge_access', 'access_key'), ('knowledge_articles', 'read_article_key')],
            'zh': '本人{accessed_at:moment}阅读过知识文章{read_article_id}差错时有效的第{read_version:number}版',
            'en': 'the person read article {read_article_id} on {accessed_at:moment}, in version {read_version:number}, which was in force at the error',
        },
        'article_read_outdated': {
            'when': person ~ 'access_key is not null and not is_current_version_read and unsynced_article_key is null',
            'records': [('knowledge_access', 'access_key'), ('knowledge_articles', 'read_article_key')],
            'zh': '本人最近阅读该类别文章({read_article_id},{accessed_at:moment})早于差错时有效的第{read_version:number}版同步',
            'en': 'the person last read an article on this category ({read_article_id}, {accessed_at:moment}) before version {read_version:number}, in force at the error, was synced',
        },
        'article_unread': {
            'when': person ~ 'knows_reading and has_article_of_category and access_key is null',
            'records': [],
            'zh': '差错前{reading_days:number}天内没有本人阅读“{category}”类文章的记录',
            'en': 'there is no reading of an article on "{category}" by the person in the {reading_days:number} days before the error',
        },
        'article_not_synced': {
            'when': 'unsynced_article_key is not null',
            'records': [('knowledge_articles', 'unsynced_article_key')],
            'zh': '知识文章{unsynced_article_id}第{unsynced_version:number}版{unsynced_updated_at:moment}更新,差错发生时尚未同步给客服(同步时间:{unsynced_synced_at:moment|至数据日期未同步})',
            'en': 'article {unsynced_article_id} was updated to version {unsynced_version:number} on {unsynced_updated_at:moment} and had not reached the agents when the error happened (synced: {unsynced_synced_at:moment|not by the date of the data})',
        },
        'articles_synced': {
            'when': 'has_article_of_category and unsynced_article_key is null',
            'records': [],
            'zh': '差错前{sync_lookback_days:number}天内“{category}”类文章没有尚未同步的更新',
            'en': 'no update of an article on "{category}" from the {sync_lookback_days:number} days before the error was still unsynced',
        },
        'no_article': {
            'when': 'has_articles and not has_article_of_category',
            'records': [],
            'zh': '差错发生时知识库没有“{category}”类文章',
            'en': 'the knowledge base had no article on "{category}" when the error happened',
        },
        'many_persons': {
            'when': is_group,
            'records': ['step_evidence'],
            'zh': '前后各{process_window_days:number}天内共有{step_person_count:number}人在“{process_step}”环节出现同类差错(同期该类别其他环节平均{other_step_person_count:rounded|不明}人,处理该类工单的{active_person_count:number|人数不明}人)',
            'en': '{step_person_count:number} persons made an error of this category at step "{process_step}" within {process_window_days:number} days before or after (other steps of the category: {other_step_person_count:rounded|an unknown number} on average; handling its tickets: {active_person_count:number|an unknown number})',
        },
        'few_persons': {
            'when': 'step_person_count < process_minimum_persons or (coalesce(active_person_count, other_step_person_count) is not null and not (' ~ is_group ~ '))',
            'records': [],
            'zh': '前后各{process_window_days:number}天内在“{process_step}”环节出现同类差错的只有{step_person_count:number}人',
            'en': 'only {step_person_count:number} persons (the one in question included) made an error of this category at step "{process_step}" within {process_window_days:number} days before or after',
        },
        'experienced': {
            'when': person ~ 'own_ticket_count >= experienced_ticket_count',
            'records': [('tickets', 'last_ticket_key')],
            'zh': '差错前{experience_days:number}天内本人处理过{own_ticket_count:number}张“{category}”类工单',
            'en': 'the person handled {own_ticket_count:number} tickets on "{category}" in the {experience_days:number} days before the error',
        },
        'new_to_category': {
            'when': person ~ 'knows_experience and own_ticket_count = 0',
            'records': [],
            'zh': '差错前{experience_days:number}天内本人没有处理过其他“{category}”类工单',
            'en': 'the person handled no other ticket on "{category}" in the {experience_days:number} days before the error',
        },
        'repeated_though_trained': {
            'when': person ~ 'earlier_error_key is not null and ' ~ trained,
            'records': [('service_errors', 'earlier_error_key')],
            'zh': '本人受训后仍重复出错:{repeat_days:number}天内此前已有{earlier_error_count:number}次同类差错,最近一次{earlier_occurred_at:moment}',
            'en': 'the person repeated the error though trained: {earlier_error_count:number} of this category in the {repeat_days:number} days before, the last {earlier_occurred_at:moment}',
        },
        'repeated_untrained': {
            'when': person ~ 'earlier_error_key is not null and completed_training_key is null and ((knows_training and conduct_training_key is null) or overdue_training_key is not null or pending_training_key is not null)',
            'records': [('service_errors', 'earlier_error_key')],
            'zh': '本人未受训而重复出错:{repeat_days:number}天内此前已有{earlier_error_count:number}次同类差错,最近一次{earlier_occurred_at:moment}',
            'en': 'the person repeated the error without having been trained: {earlier_error_count:number} of this category in the {repeat_days:number} days before, the last {earlier_occurred_at:moment}',
        },
        'ticket_of_another': {
            'when': 'ticket_employee_id <> employee_id',
            'records': [('tickets', 'ticket_key')],
            'zh': '工单{ticket_id}登记的处理人是{ticket_employee_id},不是本人',
            'en': 'ticket {ticket_id} names {ticket_employee_id} as the one who handled it, not the person',
        },
    }) }}
{%- endmacro %}
