"""The overview of a long run: medians of its quarters, and slopes."""

from __future__ import annotations

import json
from math import nan

import pytest
import torch
from command_runs import run_here as backtrace
from torch import nn

from backtrace.ledger.ledger import Ledger
from backtrace.recording.record import record
from backtrace.show.content.trends import Trend, TrendBook, _Series, find_trends
from backtrace.tracefile import TraceFile, open_trace


def test_a_line_of_logarithms_is_found_again():
    series = _Series.of((number, 8 * 0.5 ** (number / 10)) for number in range(1, 41))
    trend = series.trend(10)
    assert trend.slope == pytest.approx(0.5)
    assert trend.first == pytest.approx(8 * 0.5**0.55, rel=1e-3)
    assert trend.factor == pytest.approx(0.125)


def test_one_odd_batch_moves_no_median():
    numbers = [(number, 1.0) for number in range(1, 41)]
    odd = [*numbers[:-1], (40, 1e9)]
    assert _Series.of(odd).trend(10).last == 1.0


@pytest.mark.parametrize("pairs", [[], [(1, nan)] * 50, [(1, 2.0)] * 7])
def test_too_few_numbers_have_no_trend(pairs):
    assert _Series.of(pairs).trend(10) == Trend(None, None, None)


def test_what_is_not_positive_has_no_slope():
    assert _Series.of((number, -1.0) for number in range(20)).trend(10).slope is None
    assert _Series.of((5, 2.0) for _ in range(20)).trend(10).slope is None
    assert Trend(0.0, 1.0, None).factor is None and Trend(1.0, -1.0, None).factor is None


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A trace of 48 updates whose value shrinks by a tenth in each."""
    folder = tmp_path_factory.mktemp("trends")
    net = nn.Linear(1, 1, bias=False)
    nn.init.constant_(net.weight, 1.0)
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    with record(net, opt, file=folder / "long.trace"):
        for _ in range(48):
            opt.zero_grad()
            (net(torch.ones(1, 1)) ** 2 / 2).sum().backward()
            opt.step()
    return folder


def test_the_trends_of_a_trace(folder):
    with open_trace(folder / "long.trace") as trace:
        found = find_trends(trace)
    assert (found.updates, found.per) == (48, 10)
    (loss,) = found.losses
    assert loss.loss.slope == pytest.approx(0.81**10, rel=1e-4)
    assert (loss.quarter, loss.nonfinite, loss.lowest[1]) == (12, 0, 48)
    (weight,) = found.tensors
    assert weight.value.slope == pytest.approx(0.9**10, rel=1e-4)
    assert weight.grad.first == pytest.approx(0.9**5.5, rel=1e-2)
    assert weight.ratio.last == pytest.approx(0.1, rel=1e-4)


def test_a_long_run_begins_with_its_overview(folder):
    shown = backtrace("show", "long.trace", cwd=folder).stdout
    overview = backtrace("show", "long.trace", "--overview", cwd=folder).stdout
    assert overview.startswith("overview of 48 updates") and shown.startswith(overview)
    assert "×0.122 in 10 updates" in overview and "weight" in overview
    for words in (["--no-overview"], ["--updates", "1-2"], ["--update", "3"]):
        assert backtrace("show", "long.trace", *words, cwd=folder).stdout.startswith("update ")
    done = backtrace("show", "long.trace", "--overview", "--format", "json", cwd=folder)
    assert json.loads(done.stdout)["losses"][0]["lowest"][1] == 48


def test_a_long_run_is_gone_through_once_to_show_it(folder, monkeypatch):
    overview = backtrace("show", "long.trace", "--overview", "--all", cwd=folder).stdout
    monkeypatch.delattr(TraceFile, "series")
    assert backtrace("show", "long.trace", "--all", cwd=folder).stdout.startswith(overview)


def test_the_trends_of_a_run_are_those_of_its_trace(tmp_path):
    """Of two optimizers, one of which steps in every other update, and of a tensor that comes."""
    nets = [nn.Linear(3, 2) for _ in range(2)]
    opts = [torch.optim.Adam(net.parameters(), lr=0.01) for net in nets]
    with record(*nets, *opts, file=tmp_path / "two.trace"):
        for at in range(24):
            nets[0].weight.requires_grad_(at > 4)
            for net, opt in list(zip(nets, opts, strict=True))[: 1 + at % 2]:
                opt.zero_grad()
                net(torch.ones(4, 3)).square().sum().backward()
                opt.step()
    with open_trace(tmp_path / "two.trace") as trace:
        book, ledger = TrendBook(), Ledger()
        for event in trace.events:
            book.take_event(event)
            for update in ledger.take(event):
                book.take_update(update)
        found = find_trends(trace)
        assert len(found.losses) == 2 and len(found.tensors) == 4
        assert book.trends() == found


def test_what_has_no_overview_says_so(folder):
    done = backtrace("show", "long.trace", "--overview", "--format", "md", cwd=folder)
    assert done.returncode == 2 and "there are table and json" in done.stderr
    done = backtrace("show", "long.trace", "--overview", "--param", "nope", cwd=folder)
    assert done.returncode == 2 and "no parameter has that name" in done.stderr
