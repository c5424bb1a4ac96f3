"""The course as a notebook: it runs, and each answer is what plain Python comes to."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[3] / "examples" / "course.ipynb"
X, Y, W, B = (1.0, 2.0, 3.0), (1.5, 2.5, 3.5), -0.2505, 0.9166


def slopes(w: float, b: float, points) -> tuple[float, float]:
    errors = [(w * x + b - y, x) for x, y in points]
    count = len(errors)
    return sum(2 * e * x for e, x in errors) / count, sum(2 * e for e, _ in errors) / count


def by_hand() -> dict[str, float]:
    points = list(zip(X, Y, strict=True))
    of_w, of_b = slopes(W, B, points)
    later, _ = slopes(W - 0.01 * of_w, B - 0.01 * of_b, points)
    mean, spread = 0.9 * 0.1 / (1 - 0.9**2), 0.999 * 0.001 / (1 - 0.999**2)
    return {
        "gradient": of_w,
        "stepped": W - 0.01 * of_w,
        "summed": of_w + later,
        "factor": sum(slopes(W, B, [point])[0] for point in points) / of_w,
        "change": -0.01 * (0.9 * of_w + later),
        "zeros": 0.1 * mean / math.sqrt(spread),
        "share": 100 * 0.001 / (of_w + 0.001),
    }


def test_the_course_runs_and_its_answers_are_right(notebook, capsys):
    cells = json.loads(COURSE.read_text("utf-8"))["cells"]
    assert not any(cell.get("outputs") for cell in cells)  # it is kept without them
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    for source in sources:
        notebook.cell(source)
    names = notebook.names
    found = {key: names[key] for key in ("gradient", "stepped", "summed", "factor", "change")}
    found |= {"zeros": names["moved"][False], "share": names["share"]}
    expected = by_hand()
    assert found == {key: pytest.approx(expected[key], rel=2e-5) for key in found}
    assert names["moved"][True] == 0.0
    assert capsys.readouterr().out.count("The run says") == 7
    assert names["piled"].findings[0].code == "BT101"
    terms = names["heavy"][2].rows["weight"].receipt.terms
    assert sum(term.values[0] for term in terms.values()) == pytest.approx(found["change"])


def test_a_prediction_is_held_against_the_run(notebook, capsys):
    cells = json.loads(COURSE.read_text("utf-8"))["cells"]
    first, lesson = [cell for cell in cells if cell["cell_type"] == "code"][:2]
    notebook.cell("".join(first["source"]))
    for typed, mark in (("-10", "✓"), ("10", "✗")):
        source = "".join(lesson["source"]).replace("prediction = None", f"prediction = {typed}")
        notebook.cell(source)
        assert mark in capsys.readouterr().out
