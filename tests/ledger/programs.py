"""Random training programs, recorded: what the live fold says of them, and their trace file."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from backtrace.ledger.events import Event
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.trace import Header
from backtrace.ledger.updates import Update
from backtrace.recording.record import record
from backtrace.tracefile.write import TraceWriter


class Net(nn.Module):
    """Three layers, of which the middle may be tied to the first and the last replaced."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.middle, self.head = nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(2, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(torch.tanh(self.middle(torch.tanh(self.body(x)))))


@dataclass
class Program:
    """A loop that does one operation after the other."""

    seed: int
    model: Net = field(init=False)
    optimizers: list[torch.optim.Optimizer] = field(default_factory=list)
    heads: list[nn.Linear] = field(default_factory=list)

    def __post_init__(self) -> None:
        torch.manual_seed(self.seed)
        self.random = random.Random(self.seed)
        self.model, self.x = Net(), torch.randn(3, 2)

    def start(self) -> None:
        self.optimizers.append(torch.optim.SGD(self.model.parameters(), lr=0.1, momentum=0.5))

    @property
    def optimizer(self) -> torch.optim.Optimizer:
        return self.random.choice(self.optimizers)

    def loss(self) -> Tensor:
        return self.model(self.x).square().mean()

    def backward(self) -> None:
        self.loss().backward()

    def step(self) -> None:
        self.optimizer.step()

    def zero(self) -> None:
        self.optimizer.zero_grad(set_to_none=self.random.random() < 0.5)

    def zero_model(self) -> None:
        self.model.zero_grad()

    def closure(self) -> None:
        optimizer = self.optimizer

        def again() -> Tensor:
            optimizer.zero_grad()
            loss = self.loss()
            loss.backward()
            return loss

        optimizer.step(again)

    def raise_in_step(self) -> None:
        def fail() -> float:
            self.loss().backward()
            raise ZeroDivisionError

        with contextlib.suppress(ZeroDivisionError):
            self.optimizer.step(fail)

    def input(self) -> None:
        x = torch.randn(3, 2, requires_grad=True)
        self.model(x).mean().backward()

    def edit_value(self) -> None:
        with torch.no_grad():
            self.model.body.weight.mul_(0.9)

    def edit_grad(self) -> None:
        grad = self.model.head.weight.grad
        if grad is not None:
            grad.add_(1.0)

    def drop_grad(self) -> None:
        self.model.body.bias.grad = None

    def clip(self) -> None:
        nn.utils.clip_grad_norm_(self.model.parameters(), 0.01)

    def new_optimizer(self) -> None:
        self.optimizers.append(torch.optim.SGD(self.model.parameters(), lr=0.01))

    def half_optimizer(self) -> None:
        self.optimizers.append(torch.optim.SGD(self.model.head.parameters(), lr=0.01))

    def only_optimizer(self) -> None:
        self.optimizers[:] = [torch.optim.SGD(self.model.parameters(), lr=0.01)]

    def add_group(self) -> None:
        optimizer = self.optimizer
        held = {id(each) for group in optimizer.param_groups for each in group["params"]}
        fresh = [each for each in self.model.parameters() if id(each) not in held]
        if fresh:
            optimizer.add_param_group({"params": fresh})

    def replace(self) -> None:
        self.heads.append(self.model.head)
        self.model.head = nn.Linear(2, 1)

    def replace_and_forget(self) -> None:
        self.model.head = nn.Linear(2, 1)

    def swap(self) -> None:
        """Put a head back that was replaced: the two change names."""
        if self.heads:
            self.heads.append(self.model.head)
            self.model.head = self.heads.pop(0)

    def resize(self) -> None:
        self.model.head = nn.Linear(2, 1, bias=False)

    def reshape(self) -> None:
        """The same parameter, with more rows."""
        weight, rows = self.model.head.weight, self.random.randrange(1, 4)
        weight.grad = None
        weight.data = torch.randn(rows, 2)
        self.model.head.bias = None
        for optimizer in self.optimizers:
            optimizer.state.pop(weight, None)

    def tie(self) -> None:
        self.model.middle.weight = self.model.body.weight

    def untie(self) -> None:
        self.model.middle.weight = nn.Parameter(torch.randn(2, 2))

    def freeze(self) -> None:
        self.model.body.weight.requires_grad_(self.random.random() < 0.5)


OFTEN = ("backward", "step", "zero")
SELDOM = tuple(
    name
    for name, each in vars(Program).items()
    if callable(each) and not name.startswith("_") and name not in (*OFTEN, "start", "loss")
)


@dataclass(frozen=True)
class Recorded:
    """What was told while a program ran, and afterwards."""

    events: Sequence[Event]
    updates: Sequence[Update]
    program: Program
    ledger: Ledger


def run(path: Path, operations: Sequence[str], seed: int) -> Recorded:
    """Run a program under the instrument; its trace file is at `path`."""
    program, ledger, writer = Program(seed), Ledger(), TraceWriter(path, force=True)
    events: list[Event] = []
    updates: list[Update] = []

    def take(event: Event) -> None:
        events.append(event)
        writer.take_event(event)
        for update in ledger.take(event):
            updates.append(update)
            writer.take_update(update)

    writer.start(Header())
    with record(program.model, sink=take):
        program.start()
        for name in operations:
            operation: Callable[[], None] = getattr(program, name)
            operation()
    writer.finish(0.0, interrupted=False)
    assert not writer.lost
    updates += ledger.unfinished_updates()
    return Recorded(events, updates, program, ledger)
