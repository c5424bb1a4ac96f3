"""Each experiment gives the bits that the loop gives when a hand makes the same change in it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy
import pytest
import torch
from torch import nn
from torch.nn import functional as F

import backtrace
from backtrace.diagnose.catalogue import load_rules
from backtrace.diagnose.diagnose import diagnose_events
from backtrace.errors import UsageError
from backtrace.ledger.events import Event, GradsZeroed, StepTaken
from backtrace.ledger.experiment_facts import ExperimentEnded, Steered
from backtrace.steer.catalogue import EXPERIMENTS, read_experiment
from backtrace.steer.steering import steer

Make = Callable[[nn.Module], torch.optim.Optimizer]


@dataclass
class Loop:
    """A training whose every call can be changed by hand."""

    zero: Callable[[torch.optim.Optimizer, int], Any] | None = lambda o, n: o.zero_grad()
    make: Make = lambda net: torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    before_step: Callable[[torch.optim.Optimizer, nn.Module], Any] | None = None
    steps: Callable[[int], bool] = lambda n: True
    prepare: Callable[[nn.Module], Any] | None = None
    backwards: int = 1
    schedule: bool = False
    moves: bool = True
    seed: int = 0
    losses: list[float] = field(default_factory=list)

    def run(self, updates: int = 6) -> list[list[float]]:
        """Train; return the losses, and the values of all parameters at the end."""
        torch.manual_seed(self.seed)
        net = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.Tanh(), nn.Linear(4, 1))
        x = torch.randn(8, 3)
        if self.prepare:
            self.prepare(net)
        optimizer = self.make(net)
        decay = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5) if self.schedule else None
        losses = []
        for n in range(updates):
            if self.zero:
                self.zero(optimizer, n)
            for _ in range(self.backwards):
                loss = F.mse_loss(net(x), x.sum(1, keepdim=True))
                loss.backward()
                losses.append(loss.item())
            if self.before_step:
                self.before_step(optimizer, net)
            if self.steps(n):
                optimizer.step()
            if decay is not None and self.moves:
                decay.step()
        return [losses, *(p.detach().flatten().tolist() for p in net.parameters())]


@dataclass
class Steering:
    numbers: list[list[float]]
    events: list[Event]

    @property
    def ended(self) -> ExperimentEnded:
        return next(event for event in self.events if isinstance(event, ExperimentEnded))


def steered(loop: Loop, *texts: str) -> Steering:
    events: list[Event] = []
    with backtrace.record(sink=events.append), steer(texts):
        numbers = loop.run()
    return Steering(numbers, events)


def clip(optimizer: torch.optim.Optimizer, net: nn.Module) -> None:
    torch.nn.utils.clip_grad_norm_(net.parameters(), 0.01)


def clip_elements(optimizer: torch.optim.Optimizer, net: nn.Module) -> None:
    torch.nn.utils.clip_grad_value_(net.parameters(), 0.01)


def halve(optimizer: torch.optim.Optimizer, net: nn.Module) -> None:
    for parameter in net.parameters():
        parameter.grad /= 2


def with_options(**options: Any) -> Make:
    told = {"lr": 0.1, "momentum": 0.9, **options}
    return lambda net: torch.optim.SGD(net.parameters(), **told)


def freeze_first(net: nn.Module) -> None:
    net[0].requires_grad_(False)


def third(optimizer: torch.optim.Optimizer, n: int) -> None:
    if n % 3 == 0:
        optimizer.zero_grad()


PLAIN = Loop()
# What is put on, the loop it is put on, and that loop with the change made by hand.
SAME = {
    "no_zero_grad": (PLAIN, Loop(zero=None)),
    "zero_grad": (Loop(zero=None), PLAIN),
    "set_to_none=false": (PLAIN, Loop(zero=lambda o, n: o.zero_grad(set_to_none=False))),
    "set_to_none=true": (Loop(zero=lambda o, n: o.zero_grad(set_to_none=False)), PLAIN),
    "lr=0.1x": (PLAIN, Loop(make=with_options(lr=0.1 * 0.1))),
    "lr=0.03": (PLAIN, Loop(make=with_options(lr=0.03))),
    "optimizer[0].lr=0.03": (PLAIN, Loop(make=with_options(lr=0.03))),
    "SGD.groups[0].lr=0.03": (PLAIN, Loop(make=with_options(lr=0.03))),
    "optimizer.momentum=0.5": (PLAIN, Loop(make=with_options(momentum=0.5))),
    "optimizer.weight_decay=0.1": (PLAIN, Loop(make=with_options(weight_decay=0.1))),
    "optimizer.nesterov=true": (PLAIN, Loop(make=with_options(nesterov=True))),
    "clip_norm=0.01": (PLAIN, Loop(before_step=clip)),
    "clip_value=0.01": (PLAIN, Loop(before_step=clip_elements)),
    "average": (Loop(backwards=2), Loop(backwards=2, before_step=halve)),
    "step_every=2": (PLAIN, Loop(steps=lambda n: n % 2 == 1)),
    "accumulate=3": (PLAIN, Loop(steps=lambda n: n % 3 == 2, zero=third)),
    "skip_step=2,4": (PLAIN, Loop(steps=lambda n: n not in (1, 3))),
    "train_mode": (Loop(prepare=lambda net: net.eval()), PLAIN),
    "eval_mode": (PLAIN, Loop(prepare=lambda net: net.eval())),
    "freeze=0.*": (PLAIN, Loop(prepare=freeze_first)),
    "unfreeze=0.weight,0.bias": (Loop(prepare=freeze_first), PLAIN),
    "schedule=off": (Loop(schedule=True), Loop(schedule=True, moves=False)),
    "schedule=update": (Loop(schedule=True, moves=False), Loop(schedule=True)),
    "optimizer=Adam": (PLAIN, Loop(make=lambda net: torch.optim.Adam(net.parameters(), lr=0.1))),
    "optimizer=SGD(lr=0.5, nesterov=True, momentum=0.1)": (
        PLAIN,
        Loop(make=with_options(lr=0.5, nesterov=True, momentum=0.1)),
    ),
    "seed=7": (PLAIN, Loop(seed=7)),
    "deterministic": (PLAIN, PLAIN),
}


@pytest.mark.parametrize("text", SAME)
def test_an_experiment_does_what_a_hand_would(text):
    loop, by_hand = SAME[text]
    found = steered(loop, text)
    assert found.numbers == by_hand.run()
    assert found.ended.times and not found.ended.failed, found.ended
    assert sum(isinstance(event, Steered) for event in found.events) == found.ended.times


@pytest.mark.parametrize("text", SAME)
def test_nothing_is_left_of_it(text):
    loop, _ = SAME[text]
    before = loop.run()
    random.seed(3)
    numpy.random.seed(3)
    state = random.getstate()
    steered(loop, text)
    assert loop.run() == before
    assert random.getstate() == state


NEVER = {
    "no_zero_grad": (Loop(zero=None), "zero_grad was never called, so there was nothing"),
    "average": (PLAIN, "nothing to average"),
    "clip_norm=1e9": (PLAIN, "no step read gradients of a norm above that"),
    "skip_step=99": (PLAIN, "step 99 never came"),
    "schedule=off": (PLAIN, "nothing to hold back"),
    "train_mode": (PLAIN, "in that mode already"),
    "lr=0.1": (PLAIN, "lr was 0.1 already in every step"),
    "Adam.lr=0.1": (PLAIN, "no optimizer that is meant stepped"),
    "freeze=0.wieght": (PLAIN, "no parameter is called 0.wieght: did you mean 0.weight?"),
    "unfreeze=0.*": (PLAIN, "no parameter of that name was frozen"),
}


@pytest.mark.parametrize("text", NEVER)
def test_what_never_took_effect_is_said(text):
    loop, said = NEVER[text]
    found = steered(loop, text)
    assert found.ended.times == 0 and said in found.ended.said
    assert found.numbers == loop.run()


def test_a_norm_that_is_not_a_number_is_not_said_to_be_small():
    spoil = Loop(prepare=lambda net: nn.init.constant_(net[0].bias, float("nan")))
    ended = steered(spoil, "clip_norm=1").ended
    assert ended.times == 0 and "was NaN, and clipping made all of it NaN" in ended.said


def test_what_makes_no_sense_is_refused_with_the_reason():
    found = steered(PLAIN, "optimizer.betas=0.9,0.99")
    assert "SGD has no option betas; it has lr, momentum" in found.ended.failed
    found = steered(PLAIN, "optimizer=Adam(colour=3)")
    assert "colour" in found.ended.failed
    assert found.numbers == PLAIN.run()


def test_the_books_have_what_happened_and_nothing_else():
    left_out = steered(PLAIN, "no_zero_grad")
    assert not any(isinstance(event, GradsZeroed) for event in left_out.events)
    cleared = steered(Loop(zero=None), "zero_grad")
    assert sum(isinstance(event, GradsZeroed) for event in cleared.events) == 5
    rates = [e.lr for e in steered(PLAIN, "lr=0.5x").events if isinstance(e, StepTaken)]
    assert rates == [(0.05,)] * 6
    kinds = {e.type for e in steered(PLAIN, "optimizer=Adam").events if isinstance(e, StepTaken)}
    assert kinds == {"Adam"}
    steps = [e for e in steered(PLAIN, "step_every=2").events if isinstance(e, StepTaken)]
    assert len(steps) == 3


@pytest.mark.parametrize("text", ["average", "clip_norm=0.01", "lr=0.1x", "freeze=0.*"])
def test_what_is_steered_is_no_unknown_edit(text):
    loop = Loop(backwards=2) if text == "average" else PLAIN
    codes = {each.code for each in diagnose_events(steered(loop, text).events).findings}
    assert not codes & {"BT106", "BT206", "BT207"}, codes


def test_several_act_in_a_fixed_order():
    loop = Loop(backwards=2)

    def halve_and_clip(optimizer: torch.optim.Optimizer, net: nn.Module) -> None:
        halve(optimizer, net)
        clip(optimizer, net)

    by_hand = Loop(backwards=2, before_step=halve_and_clip, make=with_options(lr=0.01))
    for texts in (
        ("lr=0.01", "clip_norm=0.01", "average"),
        ("average", "lr=0.01", "clip_norm=0.01"),
    ):
        assert steered(loop, *texts).numbers == by_hand.run()


def test_a_step_that_raises_leaves_its_options_as_they_were():
    class Sad(torch.optim.SGD):
        def step(self, closure: Any = None) -> None:
            raise RuntimeError("sad")

    parameter = nn.Parameter(torch.ones(1))
    optimizer = Sad([parameter], lr=0.1)
    with backtrace.record(), steer(["lr=0.1x"]), pytest.raises(RuntimeError, match="sad"):
        optimizer.step()
    assert optimizer.param_groups[0]["lr"] == 0.1


def test_a_class_that_calls_its_parents_step_is_steered_once():
    class Twice(torch.optim.SGD):
        def step(self, closure: Any = None) -> None:
            super().step()

    torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=1)  # torch hooks the parent's step, too
    loop = Loop(make=lambda net: Twice(net.parameters(), lr=0.1))
    found = steered(loop, "step_every=2")
    assert found.ended.times == 3
    assert (
        steered(loop, "lr=0.5x").numbers
        == Loop(make=lambda net: torch.optim.SGD(net.parameters(), lr=0.05)).run()
    )


def epochs(per_update: bool = False) -> list[float]:
    """Train two epochs with a schedule; return what each step read as its rate."""
    torch.manual_seed(0)
    net = nn.Linear(3, 1)
    optimizer = torch.optim.SGD(net.parameters(), lr=1.0)
    decay = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    loader = torch.utils.data.DataLoader(torch.ones(4, 3), batch_size=2)
    rates = []
    for _ in range(2):
        for x in loader:
            net(x).sum().backward()
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if per_update:
                decay.step()
    return rates


def test_a_schedule_is_stepped_per_epoch():
    events: list[Event] = []
    with backtrace.record(sink=events.append), steer(["schedule=epoch"]):
        assert epochs(per_update=True) == [1.0, 1.0, 0.5, 0.5]
    ended = next(event for event in events if isinstance(event, ExperimentEnded))
    assert ended.said == "schedulers stepped once per epoch, once in all"
    assert epochs() == [1.0] * 4


def terms(scale: float = 1.0, told: bool = True) -> list[float]:
    torch.manual_seed(0)
    net, x = nn.Linear(3, 1), torch.ones(2, 3)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        mse, size = net(x).pow(2).mean(), net.weight.abs().sum()
        loss = mse + scale * size
        if told:
            backtrace.note_loss(loss, mse=mse, size=size)
        loss.backward()
        optimizer.step()
    return net.weight.flatten().tolist()


def test_a_term_of_the_loss_is_scaled():
    for text, loop, times, said in (
        ("term.size=4x", True, 3, "scaled 3 times"),
        ("term.sizes=4x", True, 0, "no loss term is called sizes: did you mean size?"),
        ("term.size=4x", False, 0, "a script tells them with backtrace.note_loss"),
    ):
        events: list[Event] = []
        with backtrace.record(sink=events.append), steer([text]):
            found = terms(told=loop)
        ended = next(event for event in events if isinstance(event, ExperimentEnded))
        assert ended.times == times and said in ended.said
        assert found == pytest.approx(terms(4.0 if times else 1.0), rel=1e-6)


def test_autocast_is_of_another_dtype_or_off():
    def run(dtype: torch.dtype | None) -> torch.dtype:
        x, on = torch.ones(2, 2), dtype is not None
        with torch.autocast("cpu", dtype or torch.bfloat16, enabled=on):
            return (x @ x).dtype

    before = run(torch.bfloat16)
    for text, wanted in (("autocast=float16", torch.float16), ("autocast=off", torch.float32)):
        events: list[Event] = []
        with backtrace.record(sink=events.append), steer([text]):
            assert run(torch.bfloat16) == wanted and run(None) == torch.float32
        ended = next(event for event in events if isinstance(event, ExperimentEnded))
        assert ended.times == 1
    assert run(torch.bfloat16) == before == torch.bfloat16


OWN_TESTS = ("rounding=1", "autocast=off", "term.size=4x", "schedule=epoch")
MISTAKES = {
    "no_zero_gard": "did you mean no_zero_grad?",
    "lr": "write lr=VALUE",
    "lr=fast": "'fast' is not a number",
    "no_zero_grad=yes": "it takes no value",
    "clip_norm=-1": "at least 0",
    "step_every=0": "whole number from 1",
    "optimizer=SDG": "there are ASGD",
    "optimizer=SGD(0.1)": "give options by name",
    "set_to_none=perhaps": "true or false",
    "seed=x": "whole number from 0",
    "schedule=on": "schedule=off",
    "autocast=float8": "write one of bfloat16, float16, off",
    "term.mse=2": "write a factor, as 2x",
    "frobnicate=1": "backtrace steer --list",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_told_before_anything_runs(text):
    with pytest.raises(UsageError) as error:
        read_experiment(text)
    assert MISTAKES[text] in str(error.value)


def test_every_experiment_says_what_it_does():
    keys = [each.key for each in EXPERIMENTS]
    assert len(set(keys)) == len(keys)
    texts = (*SAME, *NEVER, *OWN_TESTS, *(rule.cure for rule in load_rules().values()))
    tried = {text.partition("=")[0].partition("[")[0] for text in texts}
    assert {key for key in keys if "." not in key} - tried == {"threads"}
    for each in EXPERIMENTS:
        assert each.does.endswith(".") and each.never and each.done


@pytest.mark.parametrize("is_named", [True, False])
def test_clipping_comes_after_the_closure_of_a_step(is_named: bool):
    def train(limit: float | None) -> torch.Tensor:
        torch.manual_seed(0)
        net = nn.Linear(3, 1)
        optimizer = torch.optim.SGD(net.parameters(), lr=1.0)

        def closure() -> torch.Tensor:
            optimizer.zero_grad()
            loss = net(torch.ones(4, 3)).square().sum()
            loss.backward()
            if limit is not None:
                nn.utils.clip_grad_norm_(net.parameters(), limit)
            return loss

        for _ in range(3):
            optimizer.step(closure=closure) if is_named else optimizer.step(closure)
        return torch.cat([each.detach().flatten() for each in net.parameters()])

    by_hand = train(0.1)
    with backtrace.record(), steer(["clip_norm=0.1"]):
        steered_to = train(None)
    assert torch.equal(steered_to, by_hand)
