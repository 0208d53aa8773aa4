import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rackwright.base.errors import InputError
from rackwright.site.epw import read_epw

DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def row(month, day, hour, dry="20.0", dew="10.0", pressure="101325"):
    return f"2001,{month},{day},{hour},0,?9,{dry},{dew},50,{pressure},0,0"


def year(leap=False):
    lengths = [29 if leap and month == 1 else length for month, length in enumerate(DAYS)]
    header = ["LOCATION,Somewhere,-,XXX,TMY,1,0.0,0.0,0.0,337.0", *["HEADER"] * 7]
    hours = [(m + 1, d + 1, h + 1) for m in range(12) for d in range(lengths[m]) for h in range(24)]
    return header, [row(*hour) for hour in hours]


def write(path, header, rows):
    path.write_text("\n".join([*header, *rows]) + "\n", encoding="utf-8")
    return path


def faults_of(path):
    with pytest.raises(InputError) as caught:
        read_epw(path)
    return caught.value.faults


def test_a_year_is_read(tmp_path):
    weather = read_epw(write(tmp_path / "a.epw", *year()))
    assert weather.dry_bulb.shape == (8760,)
    assert weather.dry_bulb[0] == pytest.approx(293.15)
    assert weather.dew_point[0] == pytest.approx(283.15)
    assert weather.extreme_dry_bulb == pytest.approx(293.15)


def test_a_gzipped_year_is_read(tmp_path):
    header, rows = year()
    path = tmp_path / "a.epw.gz"
    path.write_bytes(gzip.compress("\n".join([*header, *rows]).encode()))
    assert read_epw(path).dry_bulb.shape == (8760,)


def test_a_leap_day_is_left_out(tmp_path):
    header, rows = year(leap=True)
    assert len(rows) == 8784
    assert read_epw(write(tmp_path / "a.epw", header, rows)).dry_bulb.shape == (8760,)


def test_short_gaps_are_interpolated_and_a_missing_pressure_comes_from_the_elevation(tmp_path):
    header, rows = year()
    rows[99] = row(1, 5, 4, dry="18.0")
    rows[100] = row(1, 5, 5, dry="99.9", pressure="999999")
    rows[101] = row(1, 5, 6, dry="22.0")
    weather = read_epw(write(tmp_path / "a.epw", header, rows))
    assert weather.dry_bulb[100] == pytest.approx(293.15)
    assert np.isfinite(weather.wet_bulb).all()


def test_a_long_gap_is_a_fault_with_its_line(tmp_path):
    header, rows = year()
    for hour in range(100, 108):
        rows[hour] = row(1, 5, 5, dew="99.9")
    (fault,) = faults_of(write(tmp_path / "a.epw", header, rows))
    assert fault.line == 109
    assert "dew point is missing for 8 hours" in fault.message


def test_every_fault_is_listed_with_line_and_column(tmp_path):
    header, rows = year()
    rows[0] = row(1, 1, 1, dry="warm")
    rows[5] = "2001,1,1"
    rows[9] = row(1, 1, 10, dew="-200")
    faults = faults_of(write(tmp_path / "a.epw", header, rows))
    assert [(fault.line, fault.column) for fault in faults] == [(9, 17), (14, 1), (18, 23)]


@pytest.mark.parametrize("cut", [0, 5, 100, 8000])
def test_a_short_file_is_a_fault(tmp_path, cut):
    header, rows = year()
    assert faults_of(write(tmp_path / "a.epw", header, rows[:cut]))


def test_a_file_without_end_is_not_read_to_it(tmp_path):
    header, rows = year()
    faults = faults_of(write(tmp_path / "a.epw", header, rows * 2))
    assert "hours, but a year has 8760" in faults[-1].message


def test_a_missing_file_is_a_fault(tmp_path):
    assert "cannot be read" in faults_of(tmp_path / "none.epw")[0].message


@settings(max_examples=50)
@given(content=st.binary(max_size=2000))
def test_any_other_bytes_are_a_fault(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("epw") / "a.epw"
    path.write_bytes(content)
    assert faults_of(path)
