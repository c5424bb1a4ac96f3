"""What the events before a run's first step tell of its losses, its data and its optimizers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from backtrace.ledger.events import BackwardRan, Event, ForwardRan, StepTaken
from backtrace.ledger.facts import OptimizerSeen
from backtrace.ledger.loss_facts import LossCalled


class FirstUpdate:
    """Takes a run's events as they come, and keeps what those of its first update say.

    `skip` steps are passed by before it, as in a run that another one was resumed from. Where
    it `is_share`, the rows are those of one of several ranks, and nothing is said of them.
    """

    def __init__(self, skip: int = 0) -> None:
        self.is_over = self.is_share = False
        self._skip = skip
        self._optimizers: dict[str, OptimizerSeen] = {}
        self._losses: list[LossCalled] = []
        self._forwards: list[ForwardRan] = []
        self._backwards = 0

    def take(self, event: Event) -> None:
        """Enter one event; after the first step there is nothing more to learn."""
        if self.is_over:
            return
        if isinstance(event, OptimizerSeen):
            self._optimizers[event.optimizer] = event
        elif isinstance(event, StepTaken):
            self.is_over = self._skip == 0
            self._skip -= 1
        elif self._skip > 0:
            return
        elif isinstance(event, LossCalled):
            self._losses.append(event)
        elif isinstance(event, ForwardRan) and event.training and event.grad_enabled:
            self._forwards.append(event)
        elif isinstance(event, BackwardRan):
            self._backwards += 1

    def count_rows(self) -> int | None:
        """Return how many rows the forwards took together; None where one did not tell."""
        rows = [each.rows for each in self._forwards if each.rows is not None]
        return sum(rows) if rows and len(rows) == len(self._forwards) else None

    def describe_losses(self) -> dict[str, str]:
        """Return by name what a loss of this run is a loss of; what was not seen is left out."""
        rows = (str(each.rows) for each in self._forwards if each.rows is not None)
        found = {
            "loss": _listed(f"{each.function}, {each.reduction}" for each in self._losses),
            "batch size": "" if self.is_share else _listed(rows),
            "backwards per update": str(self._backwards or ""),
            **self.describe_data(),
        }
        return {name: text for name, text in found.items() if text}

    def describe_data(self) -> dict[str, str]:
        """Return the words that name the bits of the first batch, as far as they are known."""
        if self.is_share:
            return {}
        found = {
            "first input": next((each.data for each in self._forwards), ""),
            "first target": next((each.target for each in self._losses), ""),
        }
        return {name: f"data {text}" for name, text in found.items() if text}

    def describe_optimizers(self) -> dict[str, str]:
        """Return what each optimizer holds and was told, by path."""
        return dict(_facts_of(self._optimizers.values()))


def read_first_update(events: Iterable[Event], skip: int = 0) -> FirstUpdate:
    """Return what the first events of a trace tell; no more of it is read than is needed."""
    found = FirstUpdate(skip)
    for event in events:
        found.take(event)
        if found.is_over:
            break
    return found


def _facts_of(optimizers: Iterable[OptimizerSeen]) -> Iterator[tuple[str, str]]:
    for seen in optimizers:
        yield f"{seen.optimizer}.type", seen.type
        for at, group in enumerate(seen.groups):
            path = f"{seen.optimizer}.groups[{at}]" if len(seen.groups) > 1 else seen.optimizer
            yield f"{path}.parameters", ", ".join(group.parameters)
            yield from ((f"{path}.{key}", str(value)) for key, value in group.options.items())


def _listed(texts: Iterable[str]) -> str:
    return " + ".join(dict.fromkeys(texts))
