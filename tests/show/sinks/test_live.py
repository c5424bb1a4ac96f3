"""`--log` and `record(log=…)`: into the script's run, and never in its way."""

from __future__ import annotations

import inspect
import sys
import threading
import time
from types import SimpleNamespace

import pytest
import torch

import backtrace
from backtrace.errors import UsageError
from backtrace.show.sinks.live import choose
from backtrace.show.sinks.live.delivery import MOST_WAITING, Delivery
from backtrace.show.sinks.live.series import MOST_PARAMETERS, Series
from backtrace.show.sinks.live.tensorboard import TensorBoardTracker
from backtrace.show.sinks.live.tracker import Points


def train(log=(), updates=6, layers=1, each=lambda update: None, **more):
    torch.manual_seed(0)
    net = torch.nn.Sequential(*(torch.nn.Linear(2, 2) for _ in range(layers)))
    sgd = torch.optim.SGD(net.parameters(), lr=0.1)
    with backtrace.record(net, sgd, log=log, **more) as trace:
        for update in range(updates):
            net(torch.ones(3, 2)).square().mean().backward()  # never cleared
            sgd.step()
            each(update)
    return trace, [each.detach().clone() for each in net.parameters()]


class Run:
    """Has the methods of a W&B run that are called, and counts its steps as one does."""

    def __init__(self, fails=False):
        self.step, self.row, self.rows, self.alerts, self.summary = 0, {}, [], [], {}
        self.fails = fails

    def define_metric(self, name, step_metric=None, hidden=None):
        pass

    def log(self, data, step=None, commit=None):
        if self.fails:
            raise ConnectionError("no route")
        self.row |= data
        if commit is not False:
            self.rows.append(self.row)
            self.row, self.step = {}, self.step + 1

    def alert(self, title, text, level=None):
        self.alerts.append((title, text, level))


@pytest.fixture
def run(monkeypatch):
    found = Run()
    monkeypatch.setitem(sys.modules, "wandb", SimpleNamespace(run=found))
    return found


def test_readings_join_the_rows_of_the_script(run):
    def each(update):
        time.sleep(0.02)  # the thread logs, the script commits
        run.log({"mine": update})

    trace, _ = train("wandb", each=each)
    assert [row["mine"] for row in run.rows] == [*range(6)] and run.step == 6
    last = run.rows[-1]
    assert last["backtrace/loss"] == trace.losses[last["backtrace/update"] - 1]
    row = trace.updates[last["backtrace/update"] - 1].rows["0.weight"]
    assert last["backtrace/grad_norm/0.weight"] == row.grad_after.norm
    assert last["backtrace/value_norm/0.weight"] == row.value_after.norm
    assert last["backtrace/lr/group 0"] == 0.1
    assert "BT101 never-cleared" in [title for title, *_ in run.alerts]
    assert "BT101" in run.summary["backtrace/verdict"]


def test_a_tracker_that_fails_is_given_up_and_said(run):
    run.fails = True
    _, plain = train()
    with pytest.warns(RuntimeWarning, match="--log wandb: given up after 0 updates: no route"):
        _, traced = train("wandb")
    assert all(map(torch.equal, plain, traced))


def test_no_run_is_opened(monkeypatch):
    monkeypatch.setitem(sys.modules, "wandb", SimpleNamespace(run=None))
    with pytest.warns(RuntimeWarning, match="no run open"):
        train("wandb")


def test_a_tracker_that_hangs_holds_up_nothing():
    delivery, hold = Delivery("test"), threading.Event()
    start = time.monotonic()
    for _ in range(MOST_WAITING + 10):
        delivery.hand_over(hold.wait)
    assert not delivery.finish(patience=0.05) and time.monotonic() - start < 2
    assert delivery.dropped in (9, 10)
    hold.set()


def test_a_deep_model_has_a_bounded_number_of_series():
    trace, _ = train(updates=1, layers=50)
    series = Series()
    numbers = series.points(trace.updates[0]).numbers
    named = {name.rpartition("/")[2] for name in numbers if "value_norm/" in name}
    assert len(named) == MOST_PARAMETERS and {"0.weight", "49.bias"} <= named
    assert series.left_out().startswith("36 of 100 parameters")
    few = Series(("7.*",)).points(trace.updates[0]).numbers
    assert sum("grad_norm/" in name for name in few) == 2


def test_scalars_and_texts_in_the_file_of_a_summary_writer(tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(tmp_path)) as writer:
        _, plain = train()
        trace, traced = train("tensorboard", each=lambda at: writer.add_scalar("mine", at, at))
    assert all(map(torch.equal, plain, traced))
    read = EventAccumulator(str(tmp_path), size_guidance={"tensors": 0, "scalars": 0}).Reload()
    found = {event.step: event.value for event in read.Scalars("backtrace/loss")}
    assert found == pytest.approx(dict(enumerate(trace.losses, 1)))
    assert [event.step for event in read.Scalars("mine")] == [*range(6)]
    assert "backtrace/BT101/text_summary" in read.Tags()["tensors"]
    assert len([*tmp_path.iterdir()]) == 1


def test_what_is_late_for_a_closed_writer_stands_in_a_file_after_it(tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from torch.utils.tensorboard import SummaryWriter

    tracker = TensorBoardTracker()
    writer = SummaryWriter(str(tmp_path))
    assert tracker.log(writer, Points(1, 0.0, {"loss": 1.5}))
    file = writer.file_writer
    writer.close()
    writer.file_writer = file  # as it is for a moment, while the script closes the writer
    assert tracker.log(writer, Points(2, 0.0, {"loss": 2.5}))
    writer.file_writer = None
    assert tracker.log(writer, Points(3, 0.0, {"loss": 3.5}))
    tracker.sum_up(writer, "well")
    read = EventAccumulator(str(tmp_path)).Reload()
    assert [(event.step, event.value) for event in read.Scalars("loss")] == [
        (1, 1.5), (2, 2.5), (3, 3.5),
    ]  # fmt: skip
    assert "backtrace/verdict/text_summary" in read.Tags()["tensors"]


def test_an_unknown_tracker_is_refused():
    with pytest.raises(UsageError, match="no such tracker; there are wandb, mlflow"):
        [*choose.live_views(["wandbb"])]


def test_the_real_calls_take_what_they_are_given():
    wandb = pytest.importorskip("wandb")
    for name in ("log", "alert", "define_metric"):
        real = inspect.signature(getattr(wandb.Run, name)).parameters
        assert inspect.signature(getattr(Run, name)).parameters.keys() <= real.keys()
