import random
from math import exp, inf, nan, sin

import pytest
from rich.cells import cell_len

from backtrace.show.text.curve import _axis, loss_curve

FALLING = [5 * exp(-at / 20) + 0.1 for at in range(100)]


def test_it_fits_and_has_no_escapes_without_colour() -> None:
    for width in (30, 60, 80, 200):
        text = loss_curve({"loss": FALLING}, width, 14)
        assert max(cell_len(line) for line in text.splitlines()) <= width
        assert "\x1b" not in text
        assert "update" in text


def test_colour_is_asked_for() -> None:
    assert "\x1b[" in loss_curve({"a": FALLING, "b": FALLING}, color=True)


def test_series_differ_by_marker() -> None:
    text = loss_curve({"with": FALLING, "without": [2 * y for y in FALLING]})
    head = text.splitlines()[1]
    assert head == "• with   × without"
    assert text.count("•") > 10
    assert text.count("×") > 10


def test_what_is_not_finite_is_left_out_and_said() -> None:
    assert "not finite from update 3 on" in loss_curve({"a": [2.0, 1.0, nan, inf]})
    assert "not finite at 1 of 3 updates, first at 2" in loss_curve({"a": [2.0, nan, 1.0]})
    assert loss_curve({"a": [nan]}).startswith("loss: no finite values")
    assert loss_curve({}) == "loss: no finite values"
    assert "b: not finite from update 1 on" in loss_curve({"a": [1.0, 2.0], "b": [nan]})


def test_wide_spans_are_drawn_on_a_log_scale() -> None:
    text = loss_curve({"a": [10 ** (-at / 20) for at in range(100)]})
    assert text.startswith("loss, log scale")
    assert "0.01┤" in text
    assert "log" not in loss_curve({"a": [-1.0, 1e9]})
    assert "log" not in loss_curve({"a": [1e-9, 0.0, 1e9]})


def test_one_point_and_a_level_line() -> None:
    assert "1┤•" in loss_curve({"a": [1.0]}, 60, 10)
    assert "2.5┤" in loss_curve({"a": [2.5] * 9}, 60, 10)
    assert "0┤" in loss_curve({"a": [0.0, 0.0]}, 60, 10)
    for size in (1e-300, 1e300, -7.0):
        assert loss_curve({"a": [size, size]}, 60, 10)


def test_the_extremes_of_a_long_series_are_seen() -> None:
    rng = random.Random(0)
    values = [sin(at / 900) + rng.random() for at in range(100_000)]
    values[77_776], values[12_344] = 99.0, -99.0
    lines = loss_curve({"a": values}).splitlines()[1:14]
    columns = [{at for at, c in enumerate(line) if c > "\u2800"} for line in (lines[0], lines[-1])]
    start, width = lines[0].index("│") + 1, 80 - lines[0].index("│") - 1
    assert columns == [{start + 77_776 * width // 100_000}, {start + 12_344 * width // 100_000}]


def test_what_is_not_finite_leaves_a_gap() -> None:
    line = loss_curve({"a": [1.0] * 4 + [nan] * 4 + [1.0] * 4}, 60, 8).splitlines()[3]
    curve = line.split("┤")[1]
    assert curve[:10].strip() and curve[-10:].strip() and not curve[24:34].strip()


def test_any_finite_numbers_are_drawn() -> None:
    for values in ([-1.7e308, 1.7e308, 0.0], [1.7e308] * 3, [5e-324, 0.0], [5e-324, 1.7e308]):
        text = loss_curve({"a": values, "b": values[::-1]}, 60, 10)
        assert len(text.splitlines()) == 12


@pytest.mark.parametrize("count", [1, 2, 3, 7, 160, 161, 999, 100_000, 12_345_678])
@pytest.mark.parametrize("width", [24, 80, 200])
def test_the_numbers_under_the_axis_stand_apart(count: int, width: int) -> None:
    axis, numbers = _axis(count, width, 2)
    assert len(axis) == width + 1 >= len(numbers)
    found = [int(text) for text in numbers.split()]
    assert found[0] == 1 and found == sorted(set(found)) and found[-1] <= count
    assert len(found) >= min(count, 2)


def test_the_axis_has_the_numbers_that_points_are_given():
    drawn = loss_curve({"": [3.0, 2.0, 1.0, float("nan")]}, 40, 8, numbers=[1, 21, 41, 61])
    assert drawn.splitlines()[-3].split() == ["1", "21", "41"]
    assert drawn.splitlines()[-1] == "not finite from update 61 on"
