import random
from math import exp, inf, nan, sin

from rich.cells import cell_len

from backtrace.show.text.curve import loss_curve, thin

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


def test_thinning_keeps_the_extremes() -> None:
    rng = random.Random(0)
    points = [(float(at), sin(at / 900) + rng.random()) for at in range(100_000)]
    points[77_777] = (77_777.0, 99.0)
    points[12_345] = (12_345.0, -99.0)
    kept = thin(points, 160)
    assert len(kept) <= 160
    assert {points[77_777], points[12_345]} <= set(kept)
    assert kept == sorted(kept)
    assert "\n" in loss_curve({"a": [y for _, y in points]})
