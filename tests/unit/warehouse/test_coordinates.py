"""Conversions and distances of `macros/support/coordinates.sql`, against published figures and an independent port.

Belongs here: the macros alone, rendered and run in DuckDB.
Does not belong here: the rules that use them (dbt unit tests).
"""

from __future__ import annotations

import math

import duckdb
import jinja2
import pytest

from pipelines.settings import DBT_PROJECT_DIR

MACROS = (
    jinja2.Environment(extensions=["jinja2.ext.do"])
    .from_string((DBT_PROJECT_DIR / "macros" / "support" / "coordinates.sql").read_text(encoding="utf-8"))
    .module
)
RADIUS_M = 6_371_008.8
BAIDU_PI = math.pi * 3000.0 / 180.0

# (latitude, longitude) in WGS84 of places all over the area in which GCJ02 displaces.
PLACES = [
    (39.9042, 116.4074),  # Beijing
    (31.2304, 121.4737),  # Shanghai
    (22.5431, 114.0579),  # Shenzhen
    (43.8256, 87.6168),  # Ürümqi
    (29.6520, 91.1721),  # Lhasa
    (45.8038, 126.5349),  # Harbin
    (18.2528, 109.5119),  # Sanya
    (34.9999, 105.0001),  # where the terms with abs() turn
]
# Published (WGS84, GCJ02) pairs: the examples of the open-source ports coordtransform and eviltransform.
PUBLISHED_GCJ02 = [
    ((39.915, 116.404), (39.91640428150164, 116.41024449916938)),
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]
# Published (GCJ02, BD09) pairs of coordtransform, one for each direction.
PUBLISHED_BD09 = [
    ((39.915, 116.404), (39.92133699351021, 116.41036949371029)),
    ((39.90865673957631, 116.39762729119315), (39.915, 116.404)),
]


def to_gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    """The published way forth, written from the formula and not from the macro."""
    eccentricity, axis = 0.00669342162296594323, 6378245.0
    x, y = longitude - 105.0, latitude - 35.0
    common = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + common * 2 / 3
    north += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + common * 2 / 3
    east += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    phi = math.radians(latitude)
    magic = 1 - eccentricity * math.sin(phi) ** 2
    meridian = axis * (1 - eccentricity) / magic**1.5
    return (
        latitude + math.degrees(north / meridian),
        longitude + math.degrees(east / (axis / math.sqrt(magic) * math.cos(phi))),
    )


def to_bd09(latitude: float, longitude: float) -> tuple[float, float]:
    """Baidu's rotation of a GCJ02 point."""
    radius = math.hypot(longitude, latitude) + 0.00002 * math.sin(latitude * BAIDU_PI)
    angle = math.atan2(latitude, longitude) + 0.000003 * math.cos(longitude * BAIDU_PI)
    return radius * math.sin(angle) + 0.006, radius * math.cos(angle) + 0.0065


def angular_distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance by the angle between the two vectors: another formula than the macro's."""
    vectors = []
    for latitude, longitude in (a, b):
        phi, lam = math.radians(latitude), math.radians(longitude)
        vectors.append((math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)))
    (ax, ay, az), (bx, by, bz) = vectors
    cross = math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx)
    return RADIUS_M * math.atan2(cross, ax * bx + ay * by + az * bz)


def to_wgs84(point: tuple[float | None, float | None], system: str) -> tuple[float, float] | None:
    """What the macro makes of one point; None where it yields no row."""
    with duckdb.connect() as con:
        con.execute("create table points (id int, latitude double, longitude double, coordinate_system text)")
        con.execute("insert into points values (1, ?, ?, ?)", [*point, system])
        return con.execute(
            f"with {MACROS.wgs84_points('points', 'id')} select latitude, longitude from wgs84_points"
        ).fetchone()


def distance_m(a: tuple[float | None, float | None], b: tuple[float | None, float | None]) -> float | None:
    columns = ("latitude_a", "longitude_a", "latitude_b", "longitude_b")
    with duckdb.connect() as con:
        con.execute(f"create table places ({', '.join(f'{column} double' for column in columns)})")
        con.execute("insert into places values (?, ?, ?, ?)", [*a, *b])
        row = con.execute(f"select {MACROS.distance_m(*columns)} from places").fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(("wgs84", "gcj02"), PUBLISHED_GCJ02)
def test_published_gcj02_points_come_back(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    assert angular_distance_m(to_gcj02(*wgs84), gcj02) < 0.01, "the port of the test is itself wrong"
    converted = to_wgs84(gcj02, "GCJ02")
    assert converted is not None
    assert angular_distance_m(converted, wgs84) < 0.05


@pytest.mark.parametrize(("gcj02", "bd09"), PUBLISHED_BD09)
def test_published_bd09_points_come_back(gcj02: tuple[float, float], bd09: tuple[float, float]) -> None:
    """Baidu's rotation is undone with the angle of the rotated point, which costs decimetres."""
    expected = to_wgs84(gcj02, "GCJ02")
    converted = to_wgs84(bd09, "BD09")
    assert expected is not None and converted is not None
    assert angular_distance_m(converted, expected) < 0.5


@pytest.mark.parametrize("wgs84", PLACES)
def test_the_way_back_undoes_the_way_forth(wgs84: tuple[float, float]) -> None:
    gcj02 = to_gcj02(*wgs84)
    assert 100 < angular_distance_m(wgs84, gcj02) < 1_500, "a displacement that would decide a rule of 500 m"
    from_gcj02, from_bd09 = to_wgs84(gcj02, "GCJ02"), to_wgs84(to_bd09(*gcj02), "BD09")
    assert from_gcj02 is not None and from_bd09 is not None
    assert angular_distance_m(from_gcj02, wgs84) < 0.05
    assert angular_distance_m(from_bd09, wgs84) < 0.5


def test_outside_the_rectangle_nothing_is_displaced() -> None:
    for point in [(35.6762, 139.6503), (52.52, 13.405), (-33.87, 151.21), (0.8292, 100.0), (55.8272, 100.0)]:
        assert to_wgs84(point, "GCJ02") == point


def test_points_without_a_place_or_in_another_system_are_left_out() -> None:
    assert to_wgs84((None, 116.4), "GCJ02") is None
    assert to_wgs84((39.9, None), "BD09") is None
    assert to_wgs84((39.9, 116.4), "WGS84") is None
    assert to_wgs84((39.9, 116.4), "Gauss-Krüger") is None


def test_known_distances() -> None:
    degree = math.pi * RADIUS_M / 180
    assert distance_m((0, 0), (1, 0)) == pytest.approx(degree, rel=1e-9)
    assert distance_m((0, 179.5), (0, -179.5)) == pytest.approx(degree, rel=1e-9)
    assert distance_m((90, 0), (0, 77)) == pytest.approx(90 * degree, rel=1e-9)
    assert distance_m((12.5, 30), (-12.5, -150)) == pytest.approx(180 * degree, rel=1e-9)
    assert distance_m((31, 121), (31, 121)) == 0


@pytest.mark.parametrize("a", PLACES)
def test_distances_agree_with_another_formula(a: tuple[float, float]) -> None:
    for b in [*PLACES, (a[0] + 0.001, a[1]), (a[0], a[1] + 0.004), (-34.6, -58.4)]:
        assert distance_m(a, b) == pytest.approx(angular_distance_m(a, b), abs=0.01)


def test_an_unknown_place_has_no_distance() -> None:
    assert distance_m((31, 121), (None, None)) is None
    assert distance_m((31, None), (31, 121)) is None
