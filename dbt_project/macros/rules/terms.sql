{#-
  All terms of the policy table, read when the model is compiled, because a thousand patterns as one alternation are
  scanned once where a join would be scanned a thousand times. The model must depend on ref('terms').
-#}
{% macro load_terms() -%}
    {%- if not execute -%} {{ return([]) }} {%- endif -%}
    {#- Not ref(): inside a unit test that names a fixture, which cannot be queried while compiling. -#}
    {%- set relation = api.Relation.create(database=target.database, schema='policy', identifier='terms') -%}
    {%- set rows = run_query(
        'select language, category, context, term from ' ~ relation ~ ' order by length(term) desc, term'
    ) -%}
    {%- set terms = [] -%}
    {%- for row in rows -%}
        {%- do terms.append({'language': row[0], 'category': row[1], 'context': row[2], 'term': row[3]}) -%}
    {%- endfor -%}
    {{ return(terms) }}
{%- endmacro %}

{% macro terms_of(terms, language, category, context) -%}
    {{ return(
        terms | selectattr('language', 'equalto', language) | selectattr('category', 'equalto', category)
        | selectattr('context', 'equalto', context) | map(attribute='term') | list
    ) }}
{%- endmacro %}

{#-
  One pattern that matches any term of a kind. In a term, {name} stands for any noun of that name, and a gap .{0,4}
  never crosses the end of a sentence. Without any term it matches nothing.
-#}
{% macro term_pattern(terms, language, category, context) -%}
    {%- set parts = [] -%}
    {%- for term in terms_of(terms, language, category, context) -%}
        {%- do parts.append(expanded_term(terms, language, term)) -%}
    {%- endfor -%}
    {{ return(parts | join('|') if parts else '$^x') }}
{%- endmacro %}

{% macro expanded_term(terms, language, term) -%}
    {%- set expanded = namespace(text=term | replace('(', '(?:') | replace('.{', '[^。]{')) -%}
    {%- set nouns = terms | selectattr('language', 'equalto', language) | selectattr('category', 'equalto', 'noun') -%}
    {%- for name in nouns | map(attribute='context') | unique -%}
        {%- if '{' ~ name ~ '}' in term -%}
            {%- set words = terms_of(terms, language, 'noun', name) | map('replace', '(', '(?:') -%}
            {%- set expanded.text = expanded.text | replace('{' ~ name ~ '}', '(?:' ~ words | join('|') ~ ')') -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(expanded.text) }}
{%- endmacro %}

{#- Text with every other spelling of a word brought to the word itself. -#}
{% macro spelled_text(terms, text) -%}
    {%- set spelled = namespace(text=text) -%}
    {%- set words = terms | selectattr('category', 'equalto', 'spelling') | map(attribute='context') | unique | sort -%}
    {%- for word in words -%}
        {%- set pattern = term_pattern(terms, 'zh', 'spelling', word) -%}
        {%- set spelled.text = regex_replace_all(spelled.text, pattern, word) -%}
    {%- endfor -%}
    {{ return(spelled.text) }}
{%- endmacro %}

{#- Clauses (zh) or words (en) with every match of the kind cut out; what is left is judged. -#}
{% macro without_terms(terms, language, category, context, text) -%}
    {{ return(regex_replace_all(text, term_pattern(terms, language, category, context), '。' if language == 'zh' else ' . ')) }}
{%- endmacro %}

{#- Whether any term of the kind occurs, in either language. -#}
{% macro has_term(terms, category, context, clauses, words) -%}
    (
        {{ regex_matches(clauses, term_pattern(terms, 'zh', category, context)) }}
        or {{ regex_matches(words, term_pattern(terms, 'en', category, context)) }}
    )
{%- endmacro %}

{#- The first match in either language, Chinese first; empty where there is none. -#}
{% macro first_term(terms, category, context, clauses, words) -%}
    coalesce(
        nullif({{ regex_first(clauses, term_pattern(terms, 'zh', category, context)) }}, ''),
        nullif(trim({{ regex_first(words, term_pattern(terms, 'en', category, context)) }}), '')
    )
{%- endmacro %}
