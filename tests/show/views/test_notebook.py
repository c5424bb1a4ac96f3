"""What a trace can be asked in a notebook, held to what the command line says of the same run."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
import torch
from torch import nn

import backtrace
from backtrace.errors import UsageError


def train(clears: bool = True, updates: int = 4, **options):
    torch.manual_seed(0)
    x, y = torch.randn(16, 3), torch.randn(16, 1)
    model = nn.Linear(3, 1)
    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, sgd, **options) as trace:
        for _ in range(updates):
            if clears:
                sgd.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            sgd.step()
    return trace


def test_findings_are_what_the_rules_say():
    assert "BT101" in [finding.code for finding in train(clears=False).findings]
    trace = train()
    assert [finding for finding in trace.findings if finding.severity != "note"] == []
    assert trace.diagnose().updates == 4


def test_findings_can_be_ignored():
    diagnosis = train(clears=False).diagnose(ignore=("BT101",))
    assert "BT101" not in [finding.code for finding in diagnosis.findings]


def test_saved_and_loaded_it_is_the_same(tmp_path):
    trace = train()
    trace.save(tmp_path / "run.trace")
    assert backtrace.load(tmp_path / "run.trace").losses == trace.losses
    trace.save(tmp_path / "run.trace", force=True)


def test_a_page_of_a_trace_that_is_in_memory(tmp_path, capsys):
    path = train().report(tmp_path / "report.html")
    assert "</html>" in path.read_text("utf-8")


def test_the_figure_is_a_drawing_with_a_point_an_update(tmp_path):
    figure = train(updates=5).plot()
    drawing = ElementTree.fromstring(figure._repr_svg_())
    lines = [each for each in drawing if each.tag.endswith("polyline")]
    assert [len(line.attrib["points"].split()) for line in lines] == [5, 5]
    figure.save(tmp_path / "loss.svg")
    assert (tmp_path / "loss.svg").read_text("utf-8") == figure.svg
    assert "<polyline" not in train(updates=0).plot().svg


def test_a_table_of_pandas():
    pytest.importorskip("pandas")
    trace = train()
    table = trace.to_pandas()
    assert list(table["update"].unique()) == [1, 2, 3, 4]
    weight = table[table["parameter"] == "weight"]
    row = trace.updates[2].rows["weight"]
    assert weight["grad_after_norm"].iloc[2] == row.grad_after.norm
    assert weight["lr"].tolist() == [0.1] * 4
    assert set(trace.to_pandas("*bias")["parameter"]) == {"bias"}


def test_a_table_on_the_spot(capsys):
    trace = train()
    trace.show(2, "weight")
    out = capsys.readouterr().out
    assert "update 2" in out and "weight" in out and "bias" not in out
    with pytest.raises(UsageError, match="has updates 1 to 4"):
        trace.show(9)


def test_recording_across_two_cells():
    torch.manual_seed(0)
    model = nn.Linear(2, 1)
    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    recording = backtrace.record(model, sgd)
    trace = recording.start()
    model(torch.ones(1, 2)).sum().backward()
    sgd.step()
    recording.stop()
    sgd.step()  # no more of it
    assert len(trace.updates) == 1


def test_a_number_has_its_history_while_recording_too(tmp_path, capsys):
    trace = train(file=tmp_path / "run.trace")
    trace.why("weight[0,2]", update=3)
    from_file = capsys.readouterr().out
    torch.manual_seed(0)
    x, y = torch.randn(16, 3), torch.randn(16, 1)
    model = nn.Linear(3, 1)
    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, sgd) as trace:
        for _ in range(3):
            sgd.zero_grad()
            nn.functional.mse_loss(model(x), y).backward()
            sgd.step()
        trace.why("weight[0,2]")
        live = capsys.readouterr().out

    def numbers(text):
        return [w for w in text.split() if w.lstrip("+-").replace(".", "").isdecimal()]

    assert numbers(live) == numbers(from_file) != []
    assert f"is {model.weight[0, 2].item():.6f}" in live
    with pytest.raises(UsageError, match="did you mean weight"):
        trace.why("wieght")
