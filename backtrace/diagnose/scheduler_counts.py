"""How often schedulers and their optimizers stepped in a run, and how many epochs it had."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepTaken
from backtrace.ledger.facts import SchedulerStepped, StepsPassed
from backtrace.ledger.loader_facts import BatchDrawn, LoaderEnded

_AHEAD = 2  # steps that may follow the last batch: its own, and one that was fetched ahead


@dataclass(slots=True)
class SchedulerCount:
    """The steps of one scheduler, those of its optimizer, and the epochs they fell into."""

    events: list[SchedulerStepped] = field(default_factory=list)
    in_first_epoch: int = 0
    at_first_epoch: int = 0
    updates: int = 0


def count_by_scheduler(run: Stretch) -> tuple[dict[str, SchedulerCount], int, bool]:
    """Count steps by scheduler; say how many epochs ended, and whether the run did with one.

    Lightning asks a loader for as many batches as it has and no more, so it never ends; it takes
    the last ones' steps after they were drawn.
    """
    found: dict[str, SchedulerCount] = defaultdict(SchedulerCount)
    steps: dict[str, int] = defaultdict(int)
    epochs = drawn = since = 0
    trained = _trained_loader(run)
    for event in run.events:
        if isinstance(event, SchedulerStepped):
            count = found[event.scheduler]
            count.events.append(event)
            if epochs == 0:
                count.in_first_epoch += 1
                count.at_first_epoch = steps[event.optimizer]
        elif isinstance(event, StepTaken | StepsPassed):
            taken = event.count if isinstance(event, StepsPassed) else 1
            steps[event.optimizer] += taken
            since += taken
        elif isinstance(event, LoaderEnded) and event.loader == trained:
            epochs += 1
            since = 0
        elif isinstance(event, BatchDrawn) and event.number == event.batches:
            drawn += event.loader == trained
            since = 0 if event.loader == trained else since
    for count in found.values():
        count.updates = steps[count.events[0].optimizer]
    return found, max(epochs, drawn), since <= _AHEAD


def count_epochs(run: Stretch) -> tuple[int, bool]:
    """Return how many epochs a run had, and whether it ended with one."""
    return count_by_scheduler(run)[1:]


def _trained_loader(run: Stretch) -> str:
    """Return the loader whose batches are trained on: the first that a step follows."""
    loader = ""
    for event in run.events:
        if isinstance(event, BatchDrawn):
            loader = event.loader
        elif isinstance(event, StepTaken) and loader:
            break
    return loader
