{#- A version is in force until the article's next one is written, whether or not that one has reached the agents. -#}
with

versions as (
    select
        articles.article_id,
        articles.version,
        articles.category,
        articles.updated_at,
        articles.synced_at,
        {{ utc_instant('articles.updated_at', 'group_zone.timezone') }} as updated_at_utc,
        {{ utc_instant('articles.synced_at', 'group_zone.timezone') }} as synced_at_utc,
        articles._source_file,
        articles._source_row,
        articles._row_hash
    from {{ ref('stg_crm__knowledge_articles') }} as articles
    cross join {{ ref('stg_hr__group_timezone') }} as group_zone
)

select
    article_id,
    version,
    category,
    updated_at,
    updated_at_utc,
    synced_at,
    synced_at_utc,
    lead(updated_at_utc) over (partition by article_id order by updated_at_utc, version) as superseded_at_utc,
    {{ record_key_of(['article_id', 'version']) }} as record_key,
    _source_file as source_file,
    _source_row as source_row,
    _row_hash as row_hash
from versions
