import re
from collections.abc import Callable
from math import isclose

import pytest
from cases import CASES, NASTY, by_term
from hypothesis import given
from hypothesis import strategies as st
from made_up import LENET, linear, of_shapes, reading, row, update
from rich.cells import cell_len

from backtrace.show.content.grid import build_grid
from backtrace.show.text.layout import wrap_name
from backtrace.show.text.update_table import update_table

WIDTHS = (60, 80, 120, 200)
Draw = Callable[..., str]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("case", CASES)
def test_golden(case: str, width: int, draw: Draw, golden: Callable[[str, str], None]) -> None:
    shown = update_table(CASES[case](), by_term=case == "by-term")
    golden(f"{case}-{width}.txt", draw(shown, width))


@pytest.mark.parametrize("width", [40, 50, *WIDTHS, 73, 97, 140, 171])
@pytest.mark.parametrize("case", CASES)
def test_no_line_is_wider_than_the_console(case: str, width: int, draw: Draw) -> None:
    text = draw(update_table(CASES[case]()), width)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert "\x1b" not in text
    assert "books" in text


@pytest.mark.parametrize("width", WIDTHS)
def test_printed_numbers_are_the_data(width: int, draw: Draw) -> None:
    """Read the Linear(1, 1) table back and add its books up."""
    text = draw(update_table(linear()), width)
    found = {}
    for name, entry in linear().rows.items():
        start = next(at for at, line in enumerate(text.splitlines()) if line.startswith(name))
        line = text.splitlines()[start].removeprefix(name).replace(str(entry.shape), "")
        found[name] = [float(x) for x in re.findall(r"[-+]?\d+\.\d+", line)]
    if width == 60:
        tolerance = 5e-3
    else:
        tolerance = 1e-6
        assert found["fc.weight"] == [-0.2505, -10.0049, -10.0049, 0.100049, -0.150451]
    value, added, after, change, last = found["fc.weight"]
    assert isclose(added, after)
    assert isclose(value + change, last, abs_tol=tolerance)


def test_linear_fits_80_columns_with_all_its_digits(draw: Draw) -> None:
    text = draw(update_table(linear()), 80)
    for part in ("-10.0049", "+0.100049", "-0.150451", "0.958288", "0.556928", "5.387224"):
        assert part in text
    assert "(3, 1)" in text


def test_more_room_shows_more(draw: Draw) -> None:
    narrow, wide = (draw(update_table(of_shapes(LENET)), width) for width in (80, 200))
    assert "min…max" not in narrow
    assert "min…max" in wide
    assert "norm" in narrow


def test_names_are_shown_literally(draw: Draw) -> None:
    text = draw(update_table(CASES["nasty"]()), 200)
    for name in NASTY[:4]:
        assert name in text
    assert "\\x1b[31m" in text
    long = draw(update_table(update(row("x" * 90, reading(1)))), 80)
    assert long.count("x") == 90


@given(st.text("ab.[]重", min_size=1, max_size=60), st.integers(4, 30))
def test_a_wrapped_name_is_the_whole_name(name: str, width: int) -> None:
    lines = wrap_name(name, width)
    assert "".join(lines) == name
    assert max(map(cell_len, lines)) <= width


def test_a_name_of_words_is_broken_between_them() -> None:
    assert wrap_name("all 13 parameters", 16) == ["all 13 ", "parameters"]


def test_colour_only_adds_to_the_text(draw: Draw) -> None:
    for case in CASES.values():
        plain, colored = (draw(update_table(case()), 120, color=c) for c in (False, True))
        stripped = re.sub(r"\x1b\[[\d;]*m", "", colored)
        assert [line.rstrip() for line in stripped.splitlines()] == plain.splitlines()
        assert not re.search(r"\x1b\[[\d;]*\b4\dm", colored)  # no background


def test_unbalanced_books_say_so_in_plain_numbers(draw: Draw) -> None:
    text = draw(update_table(CASES["odd"]()), 80)
    assert "before + added ≠ after" in text
    assert "✗" in text
    assert "a.stale[0]: 1 + 0.5 = 1.5, but after is 7.5: off by 6" in text
    assert "cannot be judged: not finite (a.nan, a.inf)" in text


def test_large_models_show_the_top_rows_and_the_total() -> None:
    shapes = {f"w{at}": (10, 10) for at in range(40)}
    model = of_shapes(shapes)
    grid = build_grid(model, limit=12, detail="norm")
    assert [entry.name for entry in grid.rows] == [f"w{at}" for at in range(12)]
    assert grid.hidden == 28
    assert grid.total is not None
    norms = [entry.grad_after.norm for entry in model.rows.values() if entry.grad_after]
    total = float(grid.total.cells[-3].lines[0])
    assert isclose(total, sum(norm**2 for norm in norms) ** 0.5, rel_tol=1e-4)
    everything = build_grid(model, limit=None)
    assert (len(everything.rows), everything.total) == (40, None)


def test_inputs_come_last_and_are_no_part_of_the_total() -> None:
    rows = [row("x", reading(1, 2), kind="input"), *(row(f"w{at}", reading(3)) for at in range(5))]
    grid = build_grid(update(*rows), limit=2)
    assert grid.rows[-1].name == "x (input)"
    assert len(grid.rows) == 3
    assert grid.total is not None
    assert grid.total.name == "all 5 parameters"


def test_parameters_are_chosen_by_glob_or_exact_name() -> None:
    model = update(*(row(name, reading(1)) for name in ("a.weight", "a.bias", "optimizer[0].p")))
    names = [entry.name for entry in build_grid(model, params=["*.weight"]).rows]
    assert names == ["a.weight"]
    assert [r.name for r in build_grid(model, params=["optimizer[0].p"]).rows] == ["optimizer[0].p"]
    assert build_grid(model, params=["nothing"]).notes == ("no parameter is named nothing",)


def test_one_column_per_loss_term() -> None:
    titles = [column.text for column in build_grid(by_term(), by_term=True).columns]
    assert titles[2:4] == ["+ mse", "+ l2"]
    plain = build_grid(linear(), by_term=True)
    assert plain.notes == ("what each loss term added was not recorded",)


@pytest.mark.parametrize(("count", "titles"), [(4, 4), (5, 4), (64, 4)])
def test_many_micro_batches_are_folded(count: int, titles: int) -> None:
    model = of_shapes({"w": (2,)}, backwards=count)
    columns = build_grid(model).columns
    added = [at for at, column in enumerate(columns) if column.role == "added"]
    assert len(added) == titles
    cells = build_grid(model).rows[0].cells
    total = sum(float(cells[at].lines[0]) for at in added)
    assert isclose(total, float(cells[added[-1] + 1].lines[0]), rel_tol=1e-4)
