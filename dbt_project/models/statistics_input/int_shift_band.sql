{#- A shift is a night shift by when it begins, not by the hour that is looked at. -#}
with

worked_shifts as (
    select
        employee_id,
        shift_date,
        shift_start,
        shift_end,
        coalesce(shift_type, 'work') as shift_type,
        {{ hour_of('shift_start') }} as start_hour
    from {{ ref('fct_shift') }}
    where shift_end > shift_start
)

select
    shifts.employee_id,
    shifts.shift_date,
    shifts.shift_start,
    shifts.shift_end,
    case
        when shifts.shift_type = 'work' then bands.shift_band
        when shifts.shift_type = 'on_call' then 'on_call'
        else 'off_duty'
    end as shift_band
from worked_shifts as shifts
left join {{ ref('shift_bands') }} as bands
    on (shifts.start_hour >= bands.from_hour and shifts.start_hour < bands.to_hour)
    or (shifts.start_hour + 24 >= bands.from_hour and shifts.start_hour + 24 < bands.to_hour)
