{#- A month without a rate of its own takes the latest one before it. -#}
with

delivered as (
    select
        currency,
        {{ period_month('period') }} as month,
        rate_to_cny,
        {{ record_key_of(['currency', 'period']) }} as record_key,
        _source_file as source_file,
        _source_row as source_row,
        _row_hash as row_hash
    from {{ ref('stg_finance__exchange_rates') }}
    where currency <> {{ default_currency() }}
)

select
    currency,
    month as valid_from,
    lead(month) over (partition by currency order by month) as valid_to,
    rate_to_cny,
    record_key,
    source_file,
    source_row,
    row_hash
from delivered
union all
select
    {{ default_currency() }} as currency,
    cast('1900-01-01' as date) as valid_from,
    cast(null as date) as valid_to,
    cast(1 as decimal(18, 6)) as rate_to_cny,
    cast(null as {{ dbt.type_string() }}) as record_key,
    cast(null as {{ dbt.type_string() }}) as source_file,
    cast(null as bigint) as source_row,
    cast(null as {{ dbt.type_string() }}) as row_hash
