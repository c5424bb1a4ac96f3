"""What a trace can be asked in a notebook, held to what the command line says of the same run."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
import torch
from torch import nn

import backtrace
from backtrace.errors import UsageError
from backtrace.show.notebook.overview import updates_text


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


def test_updates_by_their_numbers(tmp_path):
    trace = train(updates=12, file=tmp_path / "run.trace")
    for each in (trace, backtrace.load(tmp_path / "run.trace")):
        assert [update.index for update in each[3:6]] == [3, 4, 5]
        assert [update.index for update in each[-2:]] == [11, 12]
        assert [update.index for update in each[:3]] == [1, 2]
        assert (each[1].index, each[-1].index) == (1, 12)
        assert [update.index for update in each] == list(range(1, 13))
        for number in (0, 13, -13):
            with pytest.raises(IndexError, match=f"no update {number}: there are 1 to 12"):
                each[number]
        assert each[3:6]._repr_html_().count("<tr>") == 4
        assert str(each[3:6]) == f"[{each[3]}, {each[4]}, {each[5]}]"  # print() shows no numbers


def test_an_excerpt_knows_what_began_at_zero(tmp_path):
    model = nn.Linear(3, 1)
    nn.init.zeros_(model.bias)
    sgd = torch.optim.SGD(
        [{"params": [model.bias], "lr": 1.0}, {"params": [model.weight]}], lr=1e-4
    )
    with backtrace.record(model, sgd, file=tmp_path / "run.trace") as trace:
        for _ in range(6):
            sgd.zero_grad()
            model(torch.ones(4, 3)).sum().backward()
            sgd.step()
    for each in (trace, backtrace.load(tmp_path / "run.trace")):
        lines = updates_text(each[4:6], each[4:6].opening).splitlines()[1:]
        row = each[4].rows["weight"]
        ratio = row.change.norm / row.value_before.norm
        assert [float(line.split()[3]) for line in lines[:1]] == pytest.approx([ratio], rel=1e-2)
        assert all("weight" in line.split() for line in lines)


def test_two_optimizers_have_a_curve_each():
    first, second = nn.Linear(2, 1), nn.Linear(2, 1)
    one, two = torch.optim.SGD(first.parameters(), lr=0.1), torch.optim.Adam(second.parameters())
    with backtrace.record(first, second, one, two) as trace:
        for _ in range(3):
            for model, optimizer in ((first, one), (second, two)):
                optimizer.zero_grad()
                model(torch.ones(1, 2)).sum().backward()
                optimizer.step()
    with pytest.raises(IndexError, match=r"2 optimizers have an update 2: trace\[2:3\]"):
        trace[2]
    assert len(trace[2:3]) == 2
    drawing = ElementTree.fromstring(trace.plot().svg)
    assert len([each for each in drawing if each.tag.endswith("polyline")]) == 4


def test_the_overview_begins_with_the_verdict(tmp_path):
    html = train(clears=False, updates=30)._repr_html_()
    order = ["error", "never-cleared", "parameters learned", "<svg", "<details", "… 20 more …"]
    assert sorted(map(html.index, order)) == list(map(html.index, order))
    ElementTree.fromstring(html)
    lost = train(updates=0)
    assert "No update was seen" in lost._repr_html_() and "<svg" not in lost._repr_html_()
    kept = train(clears=False, updates=30, file=tmp_path / "run.trace")
    assert kept._repr_html_() == html


def test_marks_of_what_is_not_finite():
    model = nn.Linear(1, 1)
    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, sgd) as trace:
        for factor in (1.0, 2.0, float("nan"), 1.0):
            sgd.zero_grad()
            (model(torch.ones(1, 1)).sum() * factor).backward()
            sgd.step()
    assert "update 3: nan" in trace.plot().svg


def test_the_loss_in_axes_of_the_users():
    class Axes:
        def __init__(self):
            self.calls = []

        def __getattr__(self, name):
            return lambda *args, **kwargs: self.calls.append((name, args))

    axes, trace = Axes(), train(clears=False)
    assert trace.plot(ax=axes) is None
    assert axes.calls[0] == ("plot", ([1, 2, 3, 4], trace.losses))
    assert ("axvline", (2,)) in axes.calls


def test_a_config_is_run_from_a_cell(tmp_path):
    trace = backtrace.run("linear", "optimizer.lr=0.02", limit=3)
    assert [update.lr for update in trace] == [(0.02,)] * 3
    command = "backtrace run linear --set optimizer.lr=0.02 --limit 3"
    assert trace.header.command == command
    with pytest.raises(UsageError, match=r"train\.py: backtrace\.run trains a config"):
        backtrace.run("train.py")
    with pytest.raises(UsageError, match="write KEY=VALUE"):
        backtrace.run("linear", "lr")


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
    assert recording.stop() is trace
    sgd.step()  # no more of it
    assert len(trace.updates) == 1
    assert recording.stop() is trace
    assert backtrace.record(model, sgd).stop() is None


def test_a_number_has_its_history_while_recording_too(tmp_path, capsys):
    trace = train(file=tmp_path / "run.trace")
    trace.why("weight[0,2]", update=3)
    from_file = capsys.readouterr().out
    assert "; back=2 goes on" in from_file
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
