"""Which kernel is chosen, and that what it finds between known calls does not depend on it."""

from __future__ import annotations

import ctypes
import signal
from pathlib import Path

import pytest
import torch
from torch import nn
from typer.testing import CliRunner

import backtrace
from backtrace.errors import UsageError
from backtrace.ledger.events import Edited, StepTaken
from backtrace.recording.kernels import choose
from backtrace.recording.kernels.native.library import Library, find_library
from backtrace.recording.kernels.torch_kernel import TorchKernel

HAS_NATIVE = isinstance(find_library(), Library)
NATIVE = pytest.param("native", marks=pytest.mark.skipif(not HAS_NATIVE, reason="no native kernel"))


@pytest.fixture(params=[NATIVE, "torch"])
def kernel(request, monkeypatch):
    monkeypatch.setenv("BACKTRACE_KERNEL", request.param)
    return request.param


def version() -> str:
    from backtrace.cli import app

    result = CliRunner().invoke(app, ["--version", "-v"])
    assert result.exit_code == 0
    return result.output


def test_either_is_forced_and_told(kernel):
    assert (type(choose.make_kernel()) is TorchKernel) == (kernel == "torch")
    assert version().splitlines()[1].startswith(f"kernel {kernel}")


def test_without_a_library_torch_reads_and_the_reason_is_told(monkeypatch):
    monkeypatch.delenv("BACKTRACE_KERNEL", raising=False)
    monkeypatch.setattr(choose, "find_library", lambda: "not compiled in this installation")
    assert type(choose.make_kernel()) is TorchKernel
    assert "kernel torch (native: not compiled in this installation)" in version()
    monkeypatch.setenv("BACKTRACE_KERNEL", "native")
    with pytest.raises(UsageError, match="not compiled"), backtrace.record():
        pass


def test_what_a_handler_raises_while_it_is_loaded_is_no_reason_of_ours(monkeypatch):
    def late(number, frame):
        raise TimeoutError

    def load(file):  # as CDLL does, which may take long
        signal.raise_signal(signal.SIGUSR1)

    monkeypatch.setattr("backtrace.recording.kernels.native.library._FILE", Path(__file__))
    monkeypatch.setattr(ctypes, "CDLL", load)
    before = signal.signal(signal.SIGUSR1, late)
    find_library.cache_clear()
    try:
        with pytest.raises(TimeoutError):
            find_library()
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        assert isinstance(find_library(), str)  # asked again
    finally:
        signal.signal(signal.SIGUSR1, before)
        find_library.cache_clear()


def test_a_kernel_that_does_not_exist_is_refused(monkeypatch):
    monkeypatch.setenv("BACKTRACE_KERNEL", "fortran")
    with pytest.raises(UsageError, match=r"'fortran'.*native or torch"):
        choose.make_kernel()


def train(between=None, *, dtype=torch.float32, updates=3):
    """Train a net, doing something between the steps; return the events."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(50, 40), nn.ReLU(), nn.Linear(40, 30)).to(dtype)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    x = torch.randn(8, 50, dtype=dtype)
    with backtrace.record(model, optimizer) as trace:
        for _ in range(updates):
            optimizer.zero_grad()
            model(x).square().mean().backward()
            optimizer.step()
            if between is not None:
                between(model)
    return trace.events, [p.detach().clone() for p in model.parameters()]


@torch.no_grad()
def write_one(model):
    model[0].weight.data[7, 7] += 0.01


@torch.no_grad()
def average(model):
    model[0].weight.data.mul_(0.999).add_(0.001)


@torch.no_grad()
def clamp(model):
    model[0].weight.data.clamp_(-0.1, 0.1)


@torch.no_grad()
def decay(model):
    model[0].weight.data.mul_(0.9999)


@torch.no_grad()
def exchange(model):
    model[0].weight.data = torch.randn(40, 50)


@torch.no_grad()
def write_openly(model):
    model[0].weight[7, 7] += 0.01


@pytest.mark.parametrize(
    "between", [write_one, average, clamp, decay, exchange, write_openly], ids=lambda f: f.__name__
)
def test_writes_between_known_calls_are_found(kernel, between):
    events, _ = train(between)
    edits = [event for event in events if isinstance(event, Edited)]
    assert len(edits) == 3
    assert all(event.account == "value" and [*event.entries] == ["0.weight"] for event in edits)


def swap_elements(model):
    weight = model[0].weight.data
    weight[0, 0], weight[9, 9] = weight[9, 9].clone(), weight[0, 0].clone()


@pytest.mark.skipif(not HAS_NATIVE, reason="no native kernel")
def test_elements_that_changed_places_are_found_by_the_copy(monkeypatch):
    monkeypatch.setenv("BACKTRACE_KERNEL", "native")
    events, _ = train(swap_elements)
    edits = [event for event in events if isinstance(event, Edited)]
    assert len(edits) == 3


def write_the_same(model):
    weight = model[0].weight
    with torch.no_grad():
        weight.copy_(weight.clone())
        weight.data.mul_(1.0)
        weight.data[weight.data == 0] = -0.0


def test_what_is_written_as_it_was_is_no_edit(kernel):
    events, _ = train(write_the_same)
    assert not [event for event in events if isinstance(event, Edited)]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_training_and_books_are_the_same_with_either(monkeypatch, dtype):
    found = {}
    for name in ["torch", "native"] if HAS_NATIVE else ["torch"]:
        monkeypatch.setenv("BACKTRACE_KERNEL", name)
        found[name] = train(average, dtype=dtype)
    (events, values), (others, same) = found["torch"], found[[*found][-1]]
    assert all(torch.equal(a, b) for a, b in zip(values, same, strict=True))
    assert [type(event) for event in events] == [type(event) for event in others]
    for one, other in zip(events, others, strict=True):
        if isinstance(one, StepTaken):
            for name, entry in one.values.items():
                delta = other.values[name].delta
                assert entry.delta.norm == pytest.approx(delta.norm, rel=1e-5)
                assert (entry.delta.min, entry.delta.max) == (delta.min, delta.max)
                assert (entry.delta.dtype, entry.delta.zeros) == (delta.dtype, delta.zeros)
