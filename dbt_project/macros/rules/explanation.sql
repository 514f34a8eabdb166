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
        {%- set parts = [] -%}
        {%- for piece in template.split('{') -%}
            {%- if loop.first -%}
                {%- do parts.append(sql_text(piece)) if piece -%}
            {%- else -%}
                {%- set placeholder = piece.split('}')[0] -%}
                {%- set rest = piece.split('}')[1] -%}
                {%- do parts.append(explanation_value(placeholder, language, meta.get('choices', {}))) -%}
                {%- do parts.append(sql_text(rest)) if rest -%}
            {%- endif -%}
        {%- endfor -%}
        {{ parts | join('\n        || ') }}
    {%- endif -%}
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

{#- Why a verdict needs a person: code -> sentence before the explanation. -#}
{% macro review_causes() -%}
    {{ return({
        'experimental_rule': {'zh': '试行规则,需人工核实:', 'en': 'Needs review, the rule is on trial: '},
        'unidentified_employee': {'zh': '责任人无法识别,需人工核实:', 'en': 'Needs review, the person is not identified: '},
        'unidentified_approver': {'zh': '审批人无法识别,需人工核实:', 'en': 'Needs review, the approver is not identified: '},
        'unidentified_applicant': {'zh': '申请人无法识别,需人工核实:', 'en': 'Needs review, the applicant is not identified: '},
        'unknown_approval_time': {'zh': '批准时间未知,需人工核实:', 'en': 'Needs review, the time of approval is unknown: '},
        'unknown_approved_value': {'zh': '批准值未知,需人工核实:', 'en': 'Needs review, the approved value is unknown: '},
        'unknown_step_type': {'zh': '政策未规定该步骤由谁审批,需人工核实:', 'en': 'Needs review, policy does not say who may take this step: '},
        'imprecise_position': {'zh': '定位误差可能改变结论,需人工核实:', 'en': 'Needs review, the positions are too imprecise to be sure: '},
        'customer_moved_since': {'zh': '客户地址此后有变更,需人工核实:', 'en': 'Needs review, the address of the customer has changed since: '},
        'customer_near_office': {'zh': '客户就在办公地附近,需人工核实:', 'en': 'Needs review, the customer is close to the office: '},
        'unknown_base_pay': {'zh': '当月基本工资未知,无法确定法律是否适用,需人工核实:', 'en': 'Needs review, whether the law applies depends on basic pay that is not known: '},
        'unknown_working_time_cycle': {'zh': '综合计算工时的批准周期未登记,需人工核实:', 'en': 'Needs review, the approved cycle of comprehensive hours is not recorded: '},
        'contract_dates_not_delivered': {'zh': '交付的数据中没有任何合同签订日期,需人工核实:', 'en': 'Needs review, no signature date of any contract was delivered: '},
        'signature_may_be_renewal': {'zh': '签订日期距入职过久,可能是续签,需人工核实:', 'en': 'Needs review, the signature is so late after hire that it may be a renewal: '},
        'overtime_pay_not_delivered': {'zh': '交付的工资数据从未包含加班费,需人工核实:', 'en': 'Needs review, the payroll delivered never carries overtime pay: '},
        'unknown_payment_date': {'zh': '已有工资记录但支付时间未知,需人工核实:', 'en': 'Needs review, the wages are in the payroll without a date of payment: '},
        'final_pay_request_unknown': {'zh': '期限自劳动者请求起算,是否请求不明,需人工核实:', 'en': 'Needs review, the deadline runs from a request that the data do not tell of: '},
    }) }}
{%- endmacro %}
