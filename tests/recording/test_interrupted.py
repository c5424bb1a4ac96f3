"""Ctrl-C at any moment of a training: what was recorded by then is what had happened by then."""

from __future__ import annotations

import gc
import inspect
import signal
import sys

import pytest
import torch
from torch import nn

import backtrace
from backtrace.ledger.events import BackwardRan, Edited, GradsRescaled, Reading, StepSkipped
from backtrace.ledger.state_facts import LeftByStep
from backtrace.recording.tensors.inspection import is_same_reading

X, Y = torch.linspace(-1, 1, 40).reshape(10, 4), torch.linspace(0, 1, 10).reshape(10, 1)
POINTS = [10, pytest.param(30, marks=pytest.mark.whole)]  # of each loop


@pytest.fixture(autouse=True)
def unprofiled():
    yield
    sys.setprofile(None)


class Interrupt:
    """A profile function that sends SIGINT where Python looks for signals, at the n-th time."""

    def __init__(self, at: int) -> None:
        self.seen, self._at = 0, at

    def __call__(self, frame, event, argument):
        is_closed = frame.f_code.co_flags & inspect.CO_GENERATOR  # it may be one that is let go of
        if event == "c_return" or (event == "call" and not is_closed):
            self.seen += 1
            if self.seen == self._at:
                sys.setprofile(None)
                signal.raise_signal(signal.SIGINT)


def net():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 1))


def loss_of(model):
    return nn.functional.mse_loss(model(X), Y)


def accumulated():
    model = net()
    optimizer = torch.optim.AdamW(model.parameters())

    def update():
        optimizer.zero_grad()
        for _ in range(2):
            (loss_of(model) / 2).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.1)
        optimizer.step()

    return update


def with_closure():
    model = net()
    optimizer = torch.optim.LBFGS(model.parameters(), 0.1, max_iter=2)

    def closure():
        optimizer.zero_grad()
        loss = loss_of(model)
        loss.backward()
        return loss

    return lambda: optimizer.step(closure)


def adversarial():
    maker, judge = net(), nn.Linear(1, 1)
    optimizers = [torch.optim.Adam(each.parameters()) for each in (maker, judge)]

    def update():
        for optimizer in optimizers:
            optimizer.zero_grad()
            judge(maker(X)).sigmoid().log().mean().backward()
            optimizer.step()

    return update


def scaled():
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    scaler = torch.amp.GradScaler("cpu", init_scale=8.0)

    def update():
        optimizer.zero_grad(set_to_none=False)
        scaler.scale(loss_of(model)).backward()
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_value_(model.parameters(), 0.01)
        scaler.step(optimizer)
        scaler.update()

    return update


def run_cut(loop, at):
    """Return the trace of two updates, the second one interrupted, and how often it could be.

    No garbage is collected meanwhile: Python loses what is raised as an object is let go of, here
    in torch's own callback for the modules of an earlier loop, with or without us.
    """
    update, probe = loop(), Interrupt(at)
    gc.collect()
    gc.disable()
    with backtrace.record() as trace:
        update()
        try:
            sys.setprofile(probe)
            update()
        except KeyboardInterrupt:
            assert probe.seen == at
        else:
            sys.setprofile(None)
            assert probe.seen < at, "the interrupt was lost"
        finally:
            sys.setprofile(None)
            gc.enable()
            # Torch's own `step` leaves gradients off where Ctrl-C comes before it puts them back.
            torch.set_grad_enabled(True)
    return trace, probe.seen


@pytest.mark.parametrize("points", POINTS)
@pytest.mark.parametrize("loop", [accumulated, with_closure, adversarial, scaled])
def test_an_interrupt_is_not_lost_and_makes_no_edit_of_a_gradient(loop, points):
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    run_cut(loop, sys.maxsize)
    whole, count = run_cut(loop, sys.maxsize)
    codes = {each.rule.code for each in whole.diagnose().findings}
    for at in range(1, count, count // points):
        trace, _ = run_cut(loop, at)
        assert not [x for x in trace.events if type(x) is Edited and x.account == "grad"], at
        assert {each.rule.code for each in trace.diagnose().findings} <= codes, at
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_clip_that_is_interrupted_is_entered_with_what_it_rewrote(monkeypatch):
    model = net()
    first = model[0].weight

    def cut(*args, **kwargs):
        first.grad.mul_(0.5)
        raise KeyboardInterrupt

    monkeypatch.setattr(torch.nn.utils.clip_grad, "_clip_grads_with_norm_", cut)
    with backtrace.record(model) as trace, pytest.raises(KeyboardInterrupt):
        loss_of(model).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    (event,) = [each for each in trace.events if isinstance(each, GradsRescaled)]
    assert [*event.grads] == ["0.weight"]
    assert not [each for each in trace.events if isinstance(each, Edited)]


def test_a_backward_goes_on_to_its_end_where_ctrl_c_comes_in_a_hook_of_ours():
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with backtrace.record(model, optimizer) as trace, pytest.raises(KeyboardInterrupt):
        loss = loss_of(model)

        def press(frame, event, argument):
            if event == "call" and frame.f_code.co_name == "_take_arrived":
                sys.setprofile(None)
                signal.raise_signal(signal.SIGINT)

        sys.setprofile(press)
        loss.backward()
    (event,) = [each for each in trace.events if isinstance(each, BackwardRan)]
    assert len(event.grads) == 4 and all(each.grad is not None for each in model.parameters())


@pytest.mark.parametrize("hook", range(1, 9))
def test_a_gradient_that_arrives_is_read_though_ctrl_c_comes_before_that(hook):
    loop, seen = accumulated(), []

    def press(frame, event, argument):
        names = frame.f_code.co_name, frame.f_back and frame.f_back.f_code.co_name
        if event == "call" and names == ("notify", "guarded"):
            seen.append(hook)
            if len(seen) == 4 + hook:  # in the second backward: `.grad` is there
                sys.setprofile(None)
                signal.raise_signal(signal.SIGINT)

    loop()
    with backtrace.record() as trace, pytest.raises(KeyboardInterrupt):
        sys.setprofile(press)
        loop()
    for event in (each for each in trace.events if isinstance(each, BackwardRan)):
        for entry in event.grads.values():
            before = entry.before.mean if entry.before else 0.0
            assert entry.after.mean == pytest.approx(before + entry.delta.mean, abs=1e-6)
    assert not [x for x in trace.events if type(x) is Edited]


@pytest.mark.parametrize("file", ["backwards.py", "rescales.py", "zero_grads.py"])
def test_a_call_that_has_returned_is_entered_though_ctrl_c_comes_before_that(file):
    pressed = []

    def press(frame, event, argument):
        around = frame.f_back and frame.f_back.f_back
        if event != "call" or frame.f_code.co_name != "_call" or around is None:
            return
        if file in around.f_code.co_filename and around.f_locals.get("has_returned"):
            pressed.append(file)
            sys.setprofile(None)
            signal.raise_signal(signal.SIGINT)

    loop = scaled()
    with backtrace.record() as trace, pytest.raises(KeyboardInterrupt):
        loop()
        sys.setprofile(press)
        loop()
    assert pressed
    assert not [x for x in trace.events if type(x) is Edited]


@pytest.mark.parametrize("moment", ["in the middle", "at its end", "at our hook"])
def test_what_a_step_that_is_interrupted_had_changed_is_told_as_the_steps(moment):
    def press(frame, event, argument):
        name, is_theirs = frame.f_code.co_name, frame.f_code.co_filename.endswith("sgd.py")
        if moment == "in the middle":
            is_now = event == "c_return" and argument.__name__ == "add_" and is_theirs
        elif moment == "at its end":
            is_now = event == "return" and name == "step" and is_theirs
        else:
            is_now = event == "call" and name == "_ended"
        if is_now:
            sys.setprofile(None)
            signal.raise_signal(signal.SIGINT)

    model = net()
    optimizer = torch.optim.SGD(model.parameters(), 0.1, foreach=False)
    with backtrace.record() as trace:
        for at in range(3):
            optimizer.zero_grad()
            loss_of(model).backward()
            if at == 1:
                sys.setprofile(press)
                with pytest.raises(KeyboardInterrupt):
                    optimizer.step()
            else:
                optimizer.step()
    (left,) = [each for each in trace.events if isinstance(each, Edited)]
    assert type(left) is LeftByStep
    assert len(left.entries) == (1 if moment == "in the middle" else 4)
    assert any("changed by a step that raised" in note for note in trace.updates[1].notes)
    assert [each.had_begun for each in trace.events if type(each) is StepSkipped] == [True]
    assert "BT206" not in {each.rule.code for each in trace.diagnose().findings}


def test_readings_are_compared_without_a_repr_that_may_be_cut_off(monkeypatch):
    def ask(self):
        raise AssertionError("cut off, it says ... of this id for good")

    monkeypatch.setattr(Reading, "__repr__", ask)
    nan = float("nan")
    lost = [
        Reading((2,), "float32", nan, nan, nan, nan, 0, n, values=(nan, 1.0)) for n in (1, 1, 2)
    ]
    assert is_same_reading(lost[0], lost[1])
    assert not is_same_reading(lost[0], lost[2])
    assert is_same_reading(None, None)
    assert not is_same_reading(None, lost[0])
