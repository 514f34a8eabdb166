select
    country_code,
    calendar_date,
    day_kind,
    holiday_name
from {{ ref('stg_calendar__country_days') }}
