{#-
  All terms of the policy table, read when the model is compiled, because a thousand patterns as one alternation are
  scanned once where a join would be scanned a thousand times. The model must depend on ref('terms').
-#}
{% macro load_terms() -%}
    {%- if not execute -%} {{ return({}) }} {%- endif -%}
    {#- Not ref(): inside a unit test that names a fixture, which cannot be queried while compiling. -#}
    {%- set relation = api.Relation.create(database=target.database, schema='policy', identifier='terms') -%}
    {%- set rows = run_query(
        'select language, category, context, term from ' ~ relation ~ ' order by length(term) desc, term'
    ) -%}
    {%- set nouns = {} -%}
    {%- for row in rows if row[1] == 'noun' -%}
        {%- do nouns.setdefault(row[0], {}).setdefault('{' ~ row[2] ~ '}', []).append(row[3] | replace('(', '(?:')) -%}
    {%- endfor -%}
    {%- set terms = {} -%}
    {%- for row in rows -%}
        {%- set patterns = terms.setdefault(row[0], {}).setdefault(row[1], {}).setdefault(row[2], []) -%}
        {%- do patterns.append(expanded_term(row[3], nouns.get(row[0], {}))) -%}
    {%- endfor -%}
    {{ return(terms) }}
{%- endmacro %}

{#- A term as a pattern: {name} stands for any noun of that name; a gap .{0,4} never crosses the end of a sentence. -#}
{% macro expanded_term(term, nouns) -%}
    {%- set expanded = namespace(text=term | replace('(', '(?:') | replace('.{', '[^。]{')) -%}
    {%- if '{' in term -%}
        {%- for name, words in nouns.items() if name in term -%}
            {%- set expanded.text = expanded.text | replace(name, '(?:' ~ words | join('|') ~ ')') -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(expanded.text) }}
{%- endmacro %}

{#- One pattern that matches any term of a kind. Without any term it matches nothing. -#}
{% macro term_pattern(terms, language, category, context) -%}
    {{ return(terms.get(language, {}).get(category, {}).get(context, ['$^x']) | join('|')) }}
{%- endmacro %}

{#- The words of which other spellings are known. -#}
{% macro spelled_words(terms) -%}
    {{ return(terms.get('zh', {}).get('spelling', {}) | sort) }}
{%- endmacro %}

{#- Text with every other spelling of a word brought to the word itself. -#}
{% macro spelled_text(terms, text) -%}
    {%- set spelled = namespace(text=text) -%}
    {%- for word in spelled_words(terms) -%}
        {%- set pattern = term_pattern(terms, 'zh', 'spelling', word) -%}
        {%- set spelled.text = regex_replace_all(spelled.text, pattern, word) -%}
    {%- endfor -%}
    {{ return(spelled.text) }}
{%- endmacro %}

{#- Clauses (zh) or words (en) with every match of the kind cut out; what is left is judged. -#}
{% macro without_terms(terms, language, category, context, text) -%}
    {{ return(regex_replace_all(text, term_pattern(terms, language, category, context), '。' if language == 'zh' else ' ¶ ')) }}
{%- endmacro %}

{#-
  CTEs that cut kinds of terms out of texts, one after another; the last is `name`. A text stands in two columns,
  <text>_clauses (zh) and <text>_words (en); `relation` holds the one called `text` and the columns of `carried`, and
  what every cut has left stands beside them. cuts, in order: the text that is left, the text that it is cut out of,
  category, context and, where not every row is cut, in which rows.
-#}
{% macro cuts_in_order(name, relation, carried, terms, text, cuts) -%}
{%- set texts = [text] -%}
{%- for cut in cuts -%}
{{ name ~ ('_' ~ loop.index if not loop.last else '') }} as (
    select
        {%- for column in carried %}
        {{ column }},
        {%- endfor %}
        {%- for text in texts %}
        {{ text }}_clauses,
        {{ text }}_words,
        {%- endfor %}
        {%- for language, form in [('zh', 'clauses'), ('en', 'words')] %}
        {%- set source = cut[1] ~ '_' ~ form %}
        {%- set left = without_terms(terms, language, cut[2], cut[3], source) %}
        {{ 'case when ' ~ cut[4] ~ ' then ' ~ left ~ ' else ' ~ source ~ ' end' if cut[4] else left }} as {{ cut[0] ~ '_' ~ form }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ relation if loop.first else name ~ '_' ~ loop.index0 }}
)
{{- ',\n\n' if not loop.last }}
{%- do texts.append(cut[0]) -%}
{%- endfor -%}
{%- endmacro %}

{#-
  The terms of a kind as a few patterns instead of one: an automaton that outgrows its memory is a hundred times slower
  than two that do not.
-#}
{% macro term_patterns(terms, language, category, context) -%}
    {%- set longest = 4000 -%}
    {%- set patterns, open = [], namespace(terms=[], length=0) -%}
    {%- for term in terms.get(language, {}).get(category, {}).get(context, ['$^x']) -%}
        {%- if open.terms and open.length + term | length > longest -%}
            {%- do patterns.append(open.terms | join('|')) -%}
            {%- set open.terms, open.length = [], 0 -%}
        {%- endif -%}
        {%- set open.terms, open.length = open.terms + [term], open.length + term | length + 1 -%}
    {%- endfor -%}
    {{ return(patterns + [open.terms | join('|')]) }}
{%- endmacro %}

{#- Whether any term of the kind occurs, in either language. -#}
{% macro has_term(terms, category, context, clauses, words) -%}
    (
        {% for pattern in term_patterns(terms, 'zh', category, context) -%}
            {{ regex_matches(clauses, pattern) }} or
        {% endfor -%}
        {% for pattern in term_patterns(terms, 'en', category, context) -%}
            {{ regex_matches(words, pattern) }} {{ 'or' if not loop.last }}
        {% endfor -%}
    )
{%- endmacro %}

{#- The first match in either language, Chinese first; empty where there is none. -#}
{% macro first_term(terms, category, context, clauses, words) -%}
    coalesce(
        {% for pattern in term_patterns(terms, 'zh', category, context) -%}
            nullif({{ regex_first(clauses, pattern) }}, ''),
        {% endfor -%}
        {% for pattern in term_patterns(terms, 'en', category, context) -%}
            nullif(trim({{ regex_first(words, pattern) }}), '') {{ ',' if not loop.last }}
        {% endfor -%}
    )
{%- endmacro %}
