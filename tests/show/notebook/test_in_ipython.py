"""Cells run by IPython: where their calls are, and what they show."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[3] / "examples" / "notebook.ipynb"
LOOP = """
import torch, backtrace
from torch import nn
x, y = torch.ones(4, 2), torch.zeros(4, 1)
model = nn.Linear(2, 1)
sgd = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(3):
    nn.functional.mse_loss(model(x), y).backward()
    sgd.step()
"""


def places(trace) -> set[str]:
    return {call.where for update in trace.updates for call in update.calls}


def test_places_are_cells(notebook):
    notebook.cell("def step():\n    sgd.step()")
    notebook.cell(f"{LOOP}\nwith backtrace.record(model, sgd) as trace:\n    step()\n    step()")
    assert places(notebook.names["trace"]) == {"cell 1, line 2"}
    notebook.cell("with backtrace.record(model, sgd) as trace:\n    sgd.step()")
    notebook.cell("with backtrace.record(model, sgd) as trace:\n    sgd.step()")  # the same, again
    assert places(notebook.names["trace"]) == {"cell 4, line 2"}


def test_the_magic_records_its_cell(notebook, capsys):
    notebook.cell("%load_ext backtrace")
    notebook.cell(f"%%backtrace bad{LOOP}")
    bad = notebook.names["bad"]
    assert [finding.where for finding in bad.findings if finding.code == "BT101"] == [
        "cell 2, line 9"
    ]
    shown = notebook.shown(bad)
    assert ">sgd.step()</div>" in shown["text/html"]
    out = capsys.readouterr().out
    assert "BT101" in out and "trace.findings" in out  # a terminal's IPython shows the text


def test_a_comment_in_a_cell_turns_a_finding_off(notebook):
    notebook.cell("%load_ext backtrace")
    notebook.cell(f"%%backtrace{LOOP}".replace(".step()", ".step()  # backtrace: ignore"))
    assert "BT101" not in {finding.code for finding in notebook.names["trace"].findings}


def test_a_cell_that_fails_ends_as_it_would(notebook, capsys):
    notebook.cell("%load_ext backtrace")
    notebook.cell(f"%%backtrace{LOOP}    1 / 0", fails=True)
    out = capsys.readouterr().out
    assert out.count("division by zero") == 1
    assert len(notebook.names["trace"].updates) == 1
    notebook.cell("%%backtrace --evry 2\n1", fails=True)
    assert "--every N" in capsys.readouterr().out


def test_a_cell_with_a_file_can_be_run_again(notebook, tmp_path):
    notebook.cell(LOOP)
    cell = "with backtrace.record(model, sgd, file='run.trace') as trace:\n    sgd.step()"
    notebook.cell(cell)
    notebook.cell(cell)
    assert len(notebook.names["trace"].updates) == 1
    assert notebook.names["trace"].is_of_this_process
    assert "No findings in 1 update" in notebook.shown(notebook.names["trace"])["text/plain"]
    (tmp_path / "run.trace").write_text("mine")
    notebook.cell(cell, fails=True)
    assert (tmp_path / "run.trace").read_text() == "mine"


def test_a_script_still_overwrites_nothing(tmp_path):
    import backtrace
    from backtrace.errors import TraceFileError

    with backtrace.record(file=tmp_path / "run.trace"):
        pass
    with (
        pytest.raises(TraceFileError, match="is there already"),
        backtrace.record(file=tmp_path / "run.trace"),
    ):
        pass


def test_start_again_ends_what_went_on(notebook):
    notebook.cell(LOOP)
    notebook.cell("first = backtrace.record(model, sgd).start()\nsgd.step()")
    notebook.cell("sgd.step()")
    notebook.cell("rec = backtrace.record(model, sgd)\nsecond = rec.start()\nsgd.step()")
    notebook.cell("rec.stop()\nrec.stop()\nsgd.step()")
    assert [len(notebook.names[name].updates) for name in ("first", "second")] == [2, 1]


def test_what_has_only_begun_is_not_judged(notebook):
    notebook.cell(LOOP)
    notebook.cell("rec = backtrace.record(model, sgd)")
    assert repr(notebook.names["rec"]) == "<Recording, not begun>"
    notebook.cell("from backtrace.show.notebook.overview import overview_text")
    notebook.cell("trace = rec.start()\nhtml, text = trace._repr_html_(), overview_text(trace)")
    assert "until stop()" in notebook.names["text"] and "until stop()" in notebook.names["html"]
    assert "nothing to judge" not in notebook.names["html"] + notebook.names["text"]
    assert repr(notebook.names["rec"]) == "<Recording, begun; .stop() ends it>"
    notebook.cell("rec.stop()")
    assert "nothing to judge" in notebook.names["trace"]._repr_html_()
    assert repr(notebook.names["rec"]) == "<Recording, ended>"


def test_what_was_stopped_starts_again(notebook):
    notebook.cell(LOOP)
    notebook.cell("rec = backtrace.record(model, sgd, file='again.trace')")
    cell = "trace = rec.start()\nsgd.step()"
    notebook.cell(cell)
    notebook.cell(cell)
    notebook.cell("rec.stop()")
    notebook.cell(cell)
    notebook.cell("rec.stop()")
    assert len(notebook.names["trace"].updates) == 1


@pytest.mark.parametrize("steps", [0, 1, 5])
@pytest.mark.parametrize("optimizers", ["[sgd]", "[sgd, torch.optim.SGD(model.parameters())]"])
def test_what_can_be_typed_next_is_there(notebook, steps, optimizers):
    notebook.cell(LOOP)
    notebook.cell(
        f"with backtrace.record(model) as trace:\n    for opt in {optimizers} * {steps}:"
        "\n        model(torch.ones(1, 2)).sum().backward(); opt.step()"
    )
    shown = notebook.shown(notebook.names["trace"])
    for text in (shown["text/plain"].splitlines()[-1], shown["text/html"]):
        typed = re.findall(r"trace\[[\d:]+\]", text)
        assert bool(typed) == bool(steps)
        for each in typed:
            assert notebook.cell(each)
    count = len(notebook.names["trace"].updates)
    assert f" of {count} update{'' if count == 1 else 's'}," in repr(notebook.names["trace"])


def test_short_texts(notebook):
    notebook.cell("%load_ext backtrace")
    notebook.cell(f"%%backtrace{LOOP}")
    trace = notebook.names["trace"]
    assert notebook.shown(trace.updates)["text/plain"].splitlines()[1].strip() == (
        str(trace.updates[1]) + ","
    )
    row = trace[2].rows["weight"]
    for value in (trace[2], row, row.grad_after, trace.events[0], trace[2].calls[0]):
        text = notebook.shown(value)["text/plain"]
        assert len(text) < 100 and text[0] + text[-1] == "<>"
    assert "1 error in 3 updates" in notebook.shown(trace.diagnose())["text/html"]
    assert "cell 2, line 9" in notebook.shown(trace[2:])["text/plain"]


def test_the_example_runs(notebook):
    pytest.importorskip("pandas")
    cells = json.loads(EXAMPLE.read_text("utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    shown = [notebook.shown(value) for source in sources if (value := notebook.cell(source))
             is not None]  # fmt: skip
    html = "".join(each.get("text/html", "") for each in shown)
    assert "No findings in 12 updates." in html and "<polyline" in html
    assert not any(cell.get("outputs") for cell in cells)  # it is kept without them
    assert notebook.names["trace"].findings[0].code == "BT101"
    assert "-10.0049" in notebook.shown(notebook.names["linear"][1])["text/html"]
