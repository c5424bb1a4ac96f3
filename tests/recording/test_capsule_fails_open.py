"""The flight recorder fails at the loop's calls, and the loop goes on as if it were not there."""

from __future__ import annotations

import sys

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader
from untouched_torch import installed

import backtrace
from backtrace.recording.capsule import flight, parts, trees, watch


class Scaled(nn.Module):
    """Is called with a keyword, calls another module, and has a loss of torch's."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(2, 1)

    def forward(self, x, scale=1.0):
        return self.inner(x) * scale


def train(*, scheduled=False, fails_in=None):
    torch.manual_seed(0)
    model = Scaled()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    held = torch.optim.lr_scheduler.StepLR(optimizer, 1) if scheduled else None
    for at in range(1, 3):
        optimizer.zero_grad()
        output = model(torch.ones(3, 2), scale=2.0) + model(torch.zeros(3, 2))
        nn.functional.mse_loss(output, torch.zeros(3, 1)).backward()
        if at == fails_in:
            raise ZeroDivisionError
        optimizer.step()
    del held
    return [each.tolist() for each in model.parameters()]


@pytest.mark.parametrize("name", ["_find_kwargs", "is_in_backward"])
def test_a_failing_watch_changes_no_training(tmp_path, monkeypatch, name):
    bare = train()

    def fail():
        raise RuntimeError("a fault")

    monkeypatch.setattr(watch, name, fail)
    with backtrace.record(capsule=tmp_path / "a.capsule") as trace:
        assert train() == bare
    assert len(trace.updates) == 2


@pytest.mark.parametrize("name", ["_around_scheduler", "_make_around_loss"])
def test_a_watch_that_cannot_be_put_on_leaves_nothing(tmp_path, monkeypatch, name):
    def fail(*args):
        raise RuntimeError("a fault")

    before = installed()
    monkeypatch.setattr(watch.LoopWatch, name, property(fail))
    with (
        pytest.raises(RuntimeError, match="a fault"),
        backtrace.record(capsule=tmp_path / "a.capsule"),
    ):
        pass
    assert installed() == before


@pytest.mark.parametrize("name", ["loss", "loader"])
def test_a_call_that_finds_no_memory_changes_no_training(tmp_path, name):
    """What is called between the program's call and the listener, before anything shields it."""
    passages = {"_enter", "around", "_around_next", "_around_scale", "_around_scheduler"}
    struck = set()

    def strike(frame, event, arg):
        code = frame.f_code
        is_ours = code.co_filename == watch.__file__ and code.co_name not in passages
        if event == "call" and is_ours and code not in struck:
            struck.add(code)
            raise MemoryError

    def draw():
        if name == "loss":
            return nn.functional.mse_loss(torch.ones(2), torch.zeros(2))
        return [*DataLoader(torch.ones(4, 2), batch_size=2)]

    bare = draw()
    with backtrace.record(capsule=tmp_path / "a.capsule"):
        sys.setprofile(strike)
        try:
            found = draw()
        finally:
            sys.setprofile(None)
    assert str(found) == str(bare)
    assert struck


@pytest.mark.parametrize(
    ("module", "name"),
    [(watch, "_find_kwargs"), (flight, "Pool"), (parts, "_is_plain"), (trees, "_items_of")],
)
def test_an_update_that_lacks_something_is_not_written(tmp_path, monkeypatch, capsys, module, name):
    """Else the capsule would hold an update without its first call, and say that it is whole."""
    calls, original = [], getattr(module, name)

    def fail_once(*args):
        calls.append(args)
        if len(calls) == 1:
            raise MemoryError
        return original(*args)

    monkeypatch.setattr(module, name, fail_once)
    path = tmp_path / "a.capsule"
    with pytest.raises(ZeroDivisionError), backtrace.record(capsule=path):
        train(scheduled=True, fails_in=1)
    said = capsys.readouterr().err
    assert calls
    assert "--capsule: not kept: " in said
    assert "MemoryError" in said
    assert "--capsule: none was written: no update was kept whole" in said
    assert not path.exists()
