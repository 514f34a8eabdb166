{#-
  Characters that stand for another one, in pairs of equal length: full-width, circled and foreign letters and digits,
  traditional characters of the words that rules look for, hearts (written for 信).
-#}
{% macro character_variants() -%}
    {%- set pairs = [
        ('ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ', 'abcdefghijklmnopqrstuvwxyz'),
        ('ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ', 'abcdefghijklmnopqrstuvwxyz'),
        ('０１２３４５６７８９⓪①②③④⑤⑥⑦⑧⑨', '01234567890123456789'),
        ('＋➕ⓥⓋⓠⓆⓦⓍⓧνѵхΧ', '++vvqqwxxvvxx'),
        ('❤♥💚💗', '信信信信'),
        ('紅轉賬帳禮電話聯繫號請給發錢費謝個員單點買賞領這裡說們維過還來對規時實戶帶飯換為麼嗎幫優額網絡', '红转账账礼电话联系号请给发钱费谢个员单点买赏领这里说们维过还来对规时实户带饭换为么吗帮优额网络'),
    ] -%}
    {{ return({'from': pairs | map(attribute=0) | join(''), 'to': pairs | map(attribute=1) | join('')}) }}
{%- endmacro %}

{#- Lower case with one form of every character; the translation is dear, so only texts that need it get it. -#}
{% macro folded_text(text) -%}
    {%- set variants = character_variants() -%}
    case
        when {{ regex_matches(text, '[' ~ variants.from ~ ']') }}
            then translate(lower({{ text }}), '{{ variants.from | lower }}', '{{ variants.to }}')
        else lower({{ text }})
    end
{%- endmacro %}

{#- Folded text without anything that is put between the characters of a word to hide it. -#}
{% macro dense_text(folded) -%}
    {{ regex_replace_all(folded, '[^0-9a-z+㐀-鿿☎🐧🧧🎁💰]+', '') }}
{%- endmacro %}

{#- Dense text that keeps where a sentence (。) and a clause (, and :) ends. -#}
{% macro clause_text(folded) -%}
    {%- set sentences = regex_replace_all(folded, '[。！？!?；;\n\r]+', '。') -%}
    {%- set clauses = regex_replace_all(sentences, '[，,、：:]+', ',') -%}
    {{ regex_replace_all(clauses, '[^0-9a-z+㐀-鿿☎🐧🧧🎁💰。,]+', '') }}
{%- endmacro %}

{#- Words of a folded text in Latin letters, each between single blanks. -#}
{% macro word_text(folded) -%}
    concat(' ', {{ regex_replace_all(folded, '[^0-9a-z]+', ' ') }}, ' ')
{%- endmacro %}

{#- A Chinese mobile number, also written in Chinese digits or with separators, not part of a longer number. -#}
{% macro mobile_number_pattern() -%}
    {%- set digit = '[0-9零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]' -%}
    {%- set separator = '[ .·_*/~-]{0,2}' -%}
    {{ return(
        '(^|[^0-9a-z])[1一幺壹]' ~ separator ~ '[3-9三四五六七八九叁肆伍陆柒捌玖](?:' ~ separator ~ digit ~ '){9}($|[^0-9a-z])'
    ) }}
{%- endmacro %}

{#- Digits of the first mobile number in a folded text; empty where there is none. -#}
{% macro mobile_number(folded) -%}
    translate(
        {{ regex_replace_all(
            regex_first(folded, mobile_number_pattern()), '[^0-9零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]', ''
        ) }},
        '零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖',
        '001234567891123456789'
    )
{%- endmacro %}
