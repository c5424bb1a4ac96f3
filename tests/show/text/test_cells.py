from math import inf, isclose, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import big, reading

from backtrace.show.content.cells import (
    literal,
    number,
    percent,
    reading_cell,
    shape_text,
    statistic_labels,
)
from backtrace.show.content.sums import Partial, combine_readings, sum_readings
from backtrace.show.text.layout import align_points


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-10.0049, "-10.0049"),
        (0.139261, "0.139261"),
        (1.2e-05, "1.2e-05"),
        (nan, "nan"),
        (inf, "inf"),
        (-inf, "-inf"),
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (1.00001, "1.00001"),
        (1.000001, "1.00000"),
        (-0.25049999356269836, "-0.2505"),
        (1234567.0, "1.23e+06"),
        (999999.7, "1000000"),
        (5e-324, "4.94e-324"),
    ],
)
def test_number(value: float, text: str) -> None:
    assert number(value) == text


@given(st.floats(-1e300, 1e300), st.integers(4, 7))
def test_number_reads_back(value: float, digits: int) -> None:
    text = number(value, digits, signed=True)
    tolerance = 10.0 ** -max(1, digits - 4)
    assert isclose(float(text), value, rel_tol=tolerance)
    assert (text == "0") == (value == 0)
    assert text.startswith(("+", "-", "0"))


def test_fewer_digits_do_not_pretend_to_be_exact() -> None:
    assert number(-10.0049, 4) == "-10.00"
    assert number(-10.0, 4) == "-10"


def test_shares() -> None:
    assert [percent(x) for x in (0, 1e-5, 0.125, 0.99999, 1)] == [
        "0 %",
        "<0.1 %",
        "12.5 %",
        ">99.9 %",
        "100 %",
    ]


def test_none_zeros_and_absent_are_three_things() -> None:
    none = reading_cell(None, (), is_grad=True)
    absent = reading_cell(None, ())
    zeros = reading_cell(reading(0, 0), ())
    zero = reading_cell(reading(0), ())
    texts = [cell.lines[0] for cell in (none, absent, zeros, zero)]
    assert texts == ["None", "–", "zeros", "0"]
    assert len({none.tone, absent.tone, zeros.tone}) == 3


def test_statistics_name_only_what_there_is() -> None:
    assert statistic_labels([big((4, 4), 1)], "full") == ("norm", "mean", "min…max")
    assert "zeros" in statistic_labels([big((4, 4), 1, zeros=3)], "full")
    assert statistic_labels([reading(nan, 1)], "norm") == ("norm", "non-finite")


def test_points_stand_under_each_other() -> None:
    lines = align_points(["-10.0049", "0.139261", "1", "None", "1.2e-05"])
    points = [line.index(".") for line in (lines[0], lines[1], lines[4])]
    assert len(set(points)) == 1
    assert lines[3] == "None"


def test_control_characters_are_spelled_out() -> None:
    assert literal("a\x1b[31m\n") == "a\\x1b[31m\\n"
    assert shape_text([6]) == "(6,)"


def test_sums_are_of_elements_where_they_are_kept() -> None:
    total = sum_readings([reading(1, 2), None, reading(3, -2)])
    assert total == reading(4, 0)
    assert sum_readings([big((3, 3), 1, mean=0.5)] * 2) == Partial(1.0, 9)
    assert sum_readings([None]) is None


def test_tensors_taken_as_one() -> None:
    whole = combine_readings([reading(3, 0), None, reading(-4, 0, 1)])
    alone = reading(3, 0, -4, 0, 1, keep=False)
    assert whole is not None
    assert isclose(whole.mean, alone.mean)
    assert (whole.numel, whole) == (5, alone)
    assert combine_readings([None]) is None
