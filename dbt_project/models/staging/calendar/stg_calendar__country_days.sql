select
    country_code,
    calendar_date,
    day_kind,
    holiday_name
from {{ source('calendar', 'country_days') }}
