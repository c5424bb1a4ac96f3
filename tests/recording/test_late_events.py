"""Events whose numbers are still on a device: the same ones, in the same order, and no sooner.

No device is needed: a kernel holds its numbers back until someone waits for them.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from torch import nn

import backtrace
from backtrace.ledger.events import BackwardRan, Edited, StepTaken
from backtrace.recording import record as record_module
from backtrace.recording import recorder as recorder_module
from backtrace.recording.kernels.fingerprints import send_for_bytes
from backtrace.recording.kernels.kernel import UNREAD, Numbers
from backtrace.recording.kernels.torch_kernel import TorchKernel
from backtrace.recording.sensors.graphs import GraphSensor


class SlowTransfer:
    def __init__(self, kernel, found):
        self.kernel, self.found = kernel, found

    def is_done(self):
        return self.kernel.is_quick

    def wait(self):
        self.kernel.waits += 1
        for slot, reading, total in self.found:
            slot.reading, slot.total = reading, total
        self.found = []


class SlowKernel(TorchKernel):
    """Has read at once, and shows it when it is waited for."""

    is_on_device = True

    def __init__(self, *, is_quick=False):
        super().__init__()
        self.is_quick, self.waits = is_quick, 0
        self.hidden, self.sent = [], []

    def hide(self, slots):
        TorchKernel.settle(self)
        for slot in slots:
            self.hidden.append((slot, slot.reading, slot.total))
            slot.reading, slot.total = UNREAD, float("nan")
        return slots

    def read(self, tensors):
        return self.hide(super().read(tensors))

    def read_totals(self, tensors):
        return self.read(tensors)

    def read_scalar(self, tensor):
        return self.hide([super().read_scalar(tensor)])[0]

    def read_numbers(self, tensor):
        return Numbers(tensor.tolist())

    def read_steps(self, pairs):
        slots = super().read_steps(pairs)
        self.hide([slot for both in slots for slot in both])
        return slots

    def send(self):
        if self.hidden:
            self.sent.append(SlowTransfer(self, self.hidden))
            self.hidden = []
        return self.sent[-1] if self.sent and self.sent[-1].found else None

    def settle(self):
        self.send()
        for transfer in self.sent:
            transfer.wait()


def train(updates=3, *, meanwhile=lambda net, at: None):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(5, 30), nn.ReLU(), nn.Linear(30, 3))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    for at in range(updates):
        optimizer.zero_grad(set_to_none=at % 2 == 0)
        for _ in range(2):
            x, y = torch.randn(4, 5), torch.randint(3, (4,))
            nn.functional.cross_entropy(net(x), y).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 0.5)
        meanwhile(net, at)
        optimizer.step()


def clamp(net, at):
    if at == 1:
        net[0].weight.data.clamp_(-0.1, 0.1)
        net[2].weight.grad.data.mul_(2)


def told(events):
    """Return all that events say, but for when they were written."""
    return [repr(event).split("elapsed=")[0] + repr(event).split("where=")[1] for event in events]


@pytest.fixture
def kernels(monkeypatch):
    made = []

    def use(make):
        def make_kernel(*args, **kwargs):
            made.append(make())
            return made[-1]

        monkeypatch.setattr(record_module, "make_kernel", make_kernel)
        return made

    return use


@pytest.mark.parametrize("is_quick", [False, True])
def test_late_events_are_those_that_come_at_once(kernels, is_quick):
    kernels(TorchKernel)
    with backtrace.record() as wanted:
        train(meanwhile=clamp)
    kernels(lambda: SlowKernel(is_quick=is_quick))
    with backtrace.record() as late:
        train(meanwhile=clamp)
    assert told(late.events) == told(wanted.events)
    edited = [event for event in late.events if isinstance(event, Edited)]
    assert [event.account for event in edited] == ["grad", "value"]
    assert len(late.updates) == 3 and all(update.is_complete for update in late.updates)


def test_nothing_is_waited_for_while_the_loop_runs(kernels):
    made = kernels(SlowKernel)
    seen = []
    with backtrace.record():
        train(1)
        before = made[0].waits
        train(4, meanwhile=lambda net, at: seen.append(made[0].waits - before))
    assert seen[1:] == [seen[0]] * 3, "each net is read once when it is first seen, and that is all"


def test_who_reads_the_trace_meanwhile_waits_for_it(kernels):
    kernels(SlowKernel)
    with backtrace.record() as trace:
        train(2)
        assert [type(event) for event in trace.events].count(StepTaken) == 2
        assert len(trace.losses) == 2 and trace.events[-1].index == len(trace.events) - 1


def test_a_sink_is_told_at_once_unless_it_may_wait(kernels):
    for late, count in ((None, 2), (True, 0)):
        kernels(SlowKernel)
        seen = []
        with backtrace.record(sink=seen.append, late=late):
            train(1)
            assert sum(isinstance(event, BackwardRan) for event in seen) == count
        assert sum(isinstance(event, BackwardRan) for event in seen) == 2


def test_what_cannot_be_read_late_costs_its_own_event_only(kernels):
    kernels(SlowKernel)
    with backtrace.record() as trace:
        train(1)
        recorder_module.find_recorder().journal.write_read(Edited, lambda: 1 // 0, account="grad")
        train(1)
    assert [str(event) for event in trace.events if "ZeroDivisionError" in str(event)]
    assert [type(event) for event in trace.events].count(StepTaken) == 2


DTYPES = ("bool", "uint8", "int16", "int64", "float16", "bfloat16", "float32", "float64")


@pytest.mark.parametrize("dtype", DTYPES)
def test_data_are_named_on_a_device_as_they_are_here(dtype):
    found = (torch.randn(37, dtype=torch.float64) * 1e4).to(getattr(torch, dtype))
    bits = found.view(torch.uint8).numpy().tobytes()
    assert send_for_bytes(found, TorchKernel())() == bits


class OnDevice(torch.Tensor):
    """A loss that says it is on a device."""

    is_cuda = True


def test_of_a_loss_on_a_device_the_one_before_is_asked():
    kernel = SlowKernel()
    sensor = SimpleNamespace(_inspector=SimpleNamespace(is_late=True), _kernel=kernel, _loss=None)
    finite, bad = (torch.tensor(x).as_subclass(OnDevice) for x in (1.0, float("nan")))
    told = []
    for loss in (finite, bad, bad):
        told.append(GraphSensor._is_not_finite(sensor, [loss]))
        kernel.settle()
    assert told == [False, False, True]
    assert not GraphSensor._is_not_finite(sensor, [finite])
    assert not GraphSensor._is_not_finite(sensor, [bad])  # what was read is not here yet
