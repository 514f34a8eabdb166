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
        ('💵💴💶💷💸🤑🪙', '💰💰💰💰💰💰💰'),
        ('紅轉賬帳禮電話聯繫號請給發錢費謝個員單點買賞領這裡說們維過還來對規時實戶帶飯換為麼嗎幫優額網絡妳兩塊幾囉歡報關係應該償匯銀張檔訂門鋪東開間問頭貨價樣見讓辦願隨進運', '红转账账礼电话联系号请给发钱费谢个员单点买赏领这里说们维过还来对规时实户带饭换为么吗帮优额网络你两块几啰欢报关系应该偿汇银张档订门铺东开间问头货价样见让办愿随进运'),
        ('選課學師媽爺歲節煙雞魚蝦幣賺賣贈購質貴業產條連動務勞寫將嚴總職聽臉與萬處虧補訊許試語誠調論講負賄贊較農郵錄閒雙離難題館驗體犧絕違讚親嘆鬆繳儲値碼掃約現確認緊麗憑護', '选课学师妈爷岁节烟鸡鱼虾币赚卖赠购质贵业产条连动务劳写将严总职听脸与万处亏补讯许试语诚调论讲负贿赞较农邮录闲双离难题馆验体牺绝违赞亲叹松缴储值码扫约现确认紧丽凭护'),
        ('沒飲貼歸獎邊勵數據線臺圖爾觀麥紀會級兒從別順專結賴記憶態檢鈴辭義獨滿評經餓啟夠嘗謹潔', '没饮贴归奖边励数据线台图尔观麦纪会级儿从别顺专结赖记忆态检铃辞义独满评经饿启够尝谨洁'),
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

{#- What is kept of a text besides sentence and clause ends. -#}
{% macro kept_characters() -%}{{ return('0-9a-z+%㐀-鿿☎🐧🧧🎁💰') }}{%- endmacro %}

{#- Folded text without anything that is put between the characters of a word to hide it. -#}
{% macro dense_text(folded) -%}
    {{ regex_replace_all(folded, '[^' ~ kept_characters() ~ ']+', '') }}
{%- endmacro %}

{#-
  Dense text that keeps where a sentence (。) and a clause (, and :) ends. Many write a blank for a comma: it ends a
  clause between words of two characters or more, unless it stands inside a word that is often hidden so. Each match
  takes the characters on both sides, so every second blank is found by the second pass.
-#}
{% macro clause_text(folded) -%}
    {%- set joined = regex_replace_all(folded, '([微薇威徽维红洪扣企支]) +([信心芯包苞扣鹅付])', regex_group(1) ~ regex_group(2)) -%}
    {%- set blank, ended = '([㐀-鿿0-9a-z]{2}) +([㐀-鿿]{2})', regex_group(1) ~ ',' ~ regex_group(2) -%}
    {%- set spoken = regex_replace_all(regex_replace_all(joined, blank, ended), blank, ended) -%}
    {%- set sentences = regex_replace_all(spoken, '[。！？!?；;\n\r]+', '。') -%}
    {%- set clauses = regex_replace_all(sentences, '[，,、：:]+', ',') -%}
    {{ regex_replace_all(clauses, '[^' ~ kept_characters() ~ '。,]+', '') }}
{%- endmacro %}

{#- Words of a folded text in Latin letters, each between single blanks; ¶ stands where a sentence ends. -#}
{% macro word_text(folded) -%}
    {%- set sentences = regex_replace_all(folded, '[.!?;。！？；]+([ \n\r]|$)|[\n\r]+', ' ¶ ') -%}
    concat(' ', trim({{ regex_replace_all(sentences, '[^0-9a-z¶💰🧧]+', ' ') }}), ' ')
{%- endmacro %}

{#- Digits as people write them to hide a number: in figures, Chinese characters, or letters that look like figures. -#}
{% macro written_digits() -%}{{ return('0-9oil零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖') }}{%- endmacro %}

{% macro digit_separator() -%}{{ return('[ .·_*/~-]{0,2}') }}{%- endmacro %}

{#- The figures alone of a text that holds nothing else but a written number. -#}
{% macro figures(text) -%}
    translate(
        {{ regex_replace_all(text, '[^' ~ written_digits() ~ ']', '') }},
        'oil零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖',
        '011001234567891123456789'
    )
{%- endmacro %}

{#- A Chinese mobile number, not part of a longer number. -#}
{% macro mobile_number_pattern() -%}
    {{ return(
        '(^|[^0-9a-z])[1il一幺壹]' ~ digit_separator() ~ '[3-9三四五六七八九叁肆伍陆柒捌玖]'
        ~ '(?:' ~ digit_separator() ~ '[' ~ written_digits() ~ ']){9}($|[^0-9a-z])'
    ) }}
{%- endmacro %}

{#- Digits of the first mobile number in a folded text; empty where there is none. -#}
{% macro mobile_number(folded) -%}
    {{ figures(regex_first(folded, mobile_number_pattern())) }}
{%- endmacro %}

{#- A short message that begins with some figures, or a word and figures, may be a piece of a number sent in several. -#}
{% macro number_fragment_pattern() -%}
    {{ return('^ *(?:[㐀-鿿]{1,4}[ ,，:：]+)?[' ~ written_digits() ~ '](?:' ~ digit_separator() ~ '[' ~ written_digits() ~ ']){1,8}(?: |,|，|$)') }}
{%- endmacro %}

{% macro fragment_message_length() -%}{{ return(20) }}{%- endmacro %}

{% macro number_fragment(folded) -%}
    {{ figures(regex_first(folded, number_fragment_pattern())) }}
{%- endmacro %}
