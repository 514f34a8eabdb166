{#-
  Common table expressions that end in `wgs84_points` (key, latitude, longitude): the points of `relation` that stand in
  GCJ02 or BD09, in WGS84. Both systems displace every place in China by up to a kilometre and publish only the way
  forth; the way back is "the point less the displacement there", refined once, which leaves centimetres.
  Formulas: the GCJ-02 polynomial on the Krasovsky ellipsoid and Baidu's rotation, as in common open-source ports.
-#}
{% macro wgs84_points(relation, key, latitude='latitude', longitude='longitude', system='coordinate_system') -%}
{%- set baidu_pi = '(pi() * 3000.0 / 180.0)' -%}
displaced_points as (
    select
        {{ key }},
        {{ system }} as coordinate_system,
        cast({{ latitude }} as double) - case when {{ system }} = 'BD09' then 0.006 else 0 end as latitude,
        cast({{ longitude }} as double) - case when {{ system }} = 'BD09' then 0.0065 else 0 end as longitude
    from {{ relation }}
    where {{ system }} in ('GCJ02', 'BD09') and {{ latitude }} is not null and {{ longitude }} is not null
),

baidu_points as (
    select
        {{ key }},
        coordinate_system,
        latitude,
        longitude,
        sqrt(longitude * longitude + latitude * latitude) - 0.00002 * sin(latitude * {{ baidu_pi }}) as radius,
        atan2(latitude, longitude) - 0.000003 * cos(longitude * {{ baidu_pi }}) as angle
    from displaced_points
),

gcj02_points as (
    select
        {{ key }},
        case when coordinate_system = 'BD09' then radius * sin(angle) else latitude end as latitude,
        case when coordinate_system = 'BD09' then radius * cos(angle) else longitude end as longitude
    from baidu_points
),

first_guesses as (
    select
        {{ key }},
        latitude as displaced_latitude,
        longitude as displaced_longitude,
        latitude - {{ gcj02_shift('latitude', 'latitude', 'longitude') }} as latitude,
        longitude - {{ gcj02_shift('longitude', 'latitude', 'longitude') }} as longitude
    from gcj02_points
),

wgs84_points as (
    select
        {{ key }},
        displaced_latitude - {{ gcj02_shift('latitude', 'latitude', 'longitude') }} as latitude,
        displaced_longitude - {{ gcj02_shift('longitude', 'latitude', 'longitude') }} as longitude
    from first_guesses
)
{%- endmacro %}

{#- Degrees by which GCJ02 displaces the WGS84 point; nothing outside the rectangle in which it is defined. -#}
{% macro gcj02_shift(axis, latitude, longitude) -%}
    {%- set x = '(' ~ longitude ~ ' - 105.0)' -%}
    {%- set y = '(' ~ latitude ~ ' - 35.0)' -%}
    {%- set waves = '(20.0 * sin(6.0 * ' ~ x ~ ' * pi()) + 20.0 * sin(2.0 * ' ~ x ~ ' * pi())) * 2.0 / 3.0' -%}
    {%- set flattening = '(1 - 0.00669342162296594323 * power(sin(' ~ latitude ~ ' * pi() / 180.0), 2))' -%}
    case
        when {{ longitude }} not between 72.004 and 137.8347 or {{ latitude }} not between 0.8293 and 55.8271 then 0
        {%- if axis == 'latitude' %}
        else (
            -100.0 + 2.0 * {{ x }} + 3.0 * {{ y }} + 0.2 * {{ y }} * {{ y }} + 0.1 * {{ x }} * {{ y }}
            + 0.2 * sqrt(abs({{ x }})) + {{ waves }}
            + (20.0 * sin({{ y }} * pi()) + 40.0 * sin({{ y }} / 3.0 * pi())) * 2.0 / 3.0
            + (160.0 * sin({{ y }} / 12.0 * pi()) + 320.0 * sin({{ y }} * pi() / 30.0)) * 2.0 / 3.0
        ) * 180.0 / (6378245.0 * (1 - 0.00669342162296594323) / ({{ flattening }} * sqrt({{ flattening }})) * pi())
        {%- else %}
        else (
            300.0 + {{ x }} + 2.0 * {{ y }} + 0.1 * {{ x }} * {{ x }} + 0.1 * {{ x }} * {{ y }}
            + 0.1 * sqrt(abs({{ x }})) + {{ waves }}
            + (20.0 * sin({{ x }} * pi()) + 40.0 * sin({{ x }} / 3.0 * pi())) * 2.0 / 3.0
            + (150.0 * sin({{ x }} / 12.0 * pi()) + 300.0 * sin({{ x }} / 30.0 * pi())) * 2.0 / 3.0
        ) * 180.0 / (6378245.0 / sqrt({{ flattening }}) * cos({{ latitude }} * pi() / 180.0) * pi())
        {%- endif %}
    end
{%- endmacro %}

{#-
  Great-circle distance in metres (haversine, mean Earth radius of the IUGG, 6,371,008.8 m). Null where a coordinate is:
  least() passes over nulls, so without the case an unknown place would lie at the other end of the Earth.
-#}
{% macro distance_m(latitude_a, longitude_a, latitude_b, longitude_b) -%}
    case
        when {{ latitude_a }} + {{ longitude_a }} + {{ latitude_b }} + {{ longitude_b }} is not null then
            2 * 6371008.8 * asin(least(1.0, sqrt(
                power(sin(({{ latitude_b }} - {{ latitude_a }}) * pi() / 360.0), 2)
                + cos({{ latitude_a }} * pi() / 180.0) * cos({{ latitude_b }} * pi() / 180.0)
                * power(sin(({{ longitude_b }} - {{ longitude_a }}) * pi() / 360.0), 2)
            )))
    end
{%- endmacro %}
