{#- The rule's metadata; empty inside unit tests, where dbt hides a model's properties. -#}
{% macro rule_meta() -%}
    {{ return(model.get('config', {}).get('meta', {})) }}
{%- endmacro %}

{#-
  SQL of the sentence that explains a verdict, from the rule's template in its properties.
  A placeholder is {column}, {column:format} or {column:format|text where null}; formats are those of value_text,
  and `choice` looks the value up in the rule's `choices`. The columns must be in the relation selected from.
-#}
{% macro explanation(language) -%}
    {%- set meta = rule_meta() -%}
    {%- set template = meta.get('explanation', {}).get(language) -%}
    {%- if not template -%}
        cast(null as {{ dbt.type_string() }})
    {%- else -%}
        {{ template_text(template, language, meta.get('choices', {})) }}
    {%- endif -%}
{%- endmacro %}

{#- SQL of the text that a template gives; see explanation. -#}
{% macro template_text(template, language, choices={}) -%}
    {%- set parts = [] -%}
    {%- for piece in template.split('{') -%}
        {%- if loop.first -%}
            {%- do parts.append(sql_text(piece)) if piece -%}
        {%- else -%}
            {%- set placeholder = piece.split('}')[0] -%}
            {%- set rest = piece.split('}')[1] -%}
            {%- do parts.append(explanation_value(placeholder, language, choices)) -%}
            {%- do parts.append(sql_text(rest)) if rest -%}
        {%- endif -%}
    {%- endfor -%}
    {{ parts | join('\n        || ') }}
{%- endmacro %}

{% macro explanation_value(placeholder, language, choices) -%}
    {%- set value = placeholder.split('|')[0].split(':')[0] -%}
    {%- set format = (placeholder.split('|')[0].split(':') + ['text'])[1] -%}
    {%- set fallback = (placeholder.split('|') + ['?'])[1] -%}
    {%- if format == 'choice' -%}
        coalesce(case {{ value }}
            {%- for code, texts in choices.items() %} when '{{ code }}' then {{ sql_text(texts[language]) }}{% endfor %}
            else cast({{ value }} as {{ dbt.type_string() }}) end, {{ sql_text(fallback) }})
    {%- else -%}
        coalesce({{ value_text(value, format, language) }}, {{ sql_text(fallback) }})
    {%- endif -%}
{%- endmacro %}

{% macro sql_text(text) -%}
    '{{ text | replace("'", "''") }}'
{%- endmacro %}

{#- Why a verdict needs a person: code -> words. They are published with the review items. -#}
{% macro review_causes() -%}
    {{ return({
        'experimental_rule': {'zh': '试行规则', 'en': 'the rule is on trial'},
        'unidentified_employee': {'zh': '责任人无法识别', 'en': 'the person is not identified'},
        'unidentified_approver': {'zh': '审批人无法识别', 'en': 'the approver is not identified'},
        'unidentified_applicant': {'zh': '申请人无法识别', 'en': 'the applicant is not identified'},
        'unknown_approval_time': {'zh': '批准时间未知', 'en': 'the time of approval is unknown'},
        'unknown_approved_value': {'zh': '批准值未知', 'en': 'the approved value is unknown'},
        'unknown_exchange_rate': {'zh': '缺少该币种汇率', 'en': 'there is no exchange rate for the currency'},
        'unknown_step_type': {'zh': '政策未规定该步骤由谁审批', 'en': 'policy does not say who may take this step'},
        'imprecise_position': {'zh': '定位误差可能改变结论', 'en': 'the positions are too imprecise to be sure'},
        'customer_moved_since': {'zh': '客户地址此后有变更', 'en': 'the address of the customer has changed since'},
        'customer_near_office': {'zh': '客户就在办公地附近', 'en': 'the customer is close to the office'},
        'unknown_request': {'zh': '合同所登记的审批单未交付', 'en': 'the request that the contract names was not delivered'},
        'unknown_contract': {'zh': '订单所属的合同未交付', 'en': 'the contract that the order names was not delivered'},
        'unknown_quote': {'zh': '订单所引用的报价未交付', 'en': 'the quote that the order names was not delivered'},
        'unknown_customer': {'zh': '付款人是否为公司客户未知', 'en': 'it is unknown whether a customer of the company paid'},
        'unknown_owner': {'zh': '客户当时没有负责人', 'en': 'nobody owned the customer then'},
        'unknown_status_start': {'zh': '何时进入待签约状态未知', 'en': 'it is unknown when the signature became pending'},
        'unknown_last_day': {'zh': '该员工已不在名册,但最后工作日未知', 'en': 'the person is no longer listed but the last working day is unknown'},
        'unknown_revocation': {'zh': '权限在两次名单之间收回,具体时间未知', 'en': 'the grant ended between two deliveries, at an unknown time'},
        'no_own_baseline': {'zh': '没有可比较的本人历史记录', 'en': 'there is no earlier record of this person to compare with'},
        'unknown_object_type': {'zh': '权限政策未规定该类对象', 'en': 'policy does not know this type of object'},
        'rows_in_quarantine': {'zh': '日志尚有无法读取的行,缺号可能在其中', 'en': 'rows of the log that could not be read may hold the missing numbers'},
        'missing_delivery': {'zh': '该时段的日志尚未全部送达', 'en': 'the log of that time has not been delivered in full'},
        'read_differently': {'zh': '两次送达按不同的导入配置读取', 'en': 'the two deliveries were read by different import profiles'},
        'rest_day_depends_on_weeks': {'zh': '法律要求每周休息一日,是否违反取决于各周如何划分', 'en': 'the law wants one rest day in each week, so it depends on how the weeks lie'},
        'unknown_base_pay': {'zh': '当月基本工资未知,无法确定法律是否适用', 'en': 'whether the law applies depends on basic pay that is not known'},
        'unknown_working_time_cycle': {'zh': '综合计算工时的批准周期未登记', 'en': 'the approved cycle of comprehensive hours is not recorded'},
        'contract_dates_not_delivered': {'zh': '交付的数据中没有任何合同签订日期', 'en': 'no signature date of any contract was delivered'},
        'signature_may_be_renewal': {'zh': '签订日期距入职过久,可能是续签', 'en': 'the signature is so late after hire that it may be a renewal'},
        'overtime_pay_not_delivered': {'zh': '交付的工资数据从未包含加班费', 'en': 'the payroll delivered never carries overtime pay'},
        'unknown_payment_date': {'zh': '已有工资记录但支付时间未知', 'en': 'the wages are in the payroll without a date of payment'},
        'final_pay_request_unknown': {'zh': '期限自劳动者请求起算,是否请求不明', 'en': 'the deadline runs from a request that the data do not tell of'},
    }) }}
{%- endmacro %}

{#- SQL of the words for a review cause; null where there is none. -#}
{% macro review_cause_text(cause, language) -%}
    case {{ cause }}
        {%- for code, texts in review_causes().items() %}
        when '{{ code }}' then {{ sql_text(texts[language]) }}
        {%- endfor %}
    end
{%- endmacro %}

{#- SQL of what stands before the explanation of a verdict that needs a person; empty where it needs none. -#}
{% macro review_opening(cause, language) -%}
    {%- set words = review_cause_text(cause, language) -%}
    coalesce({{ words ~ " || ',需人工核实:'" if language == 'zh' else "'Needs review, ' || " ~ words ~ " || ': '" }}, '')
{%- endmacro %}
