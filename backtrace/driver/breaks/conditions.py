"""The conditions of one event: an update's number, a finding, an edit, what is not finite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from math import isfinite

from backtrace.config.words import nearest
from backtrace.diagnose.catalogue import load_rules
from backtrace.diagnose.diagnose import diagnose
from backtrace.diagnose.history import History
from backtrace.diagnose.new_findings import NewFindings
from backtrace.diagnose.rule import Rule
from backtrace.driver.breaks.condition import Condition, Moment
from backtrace.errors import UsageError
from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    Entry,
    Event,
    ForwardRan,
    GradsRescaled,
    GradsZeroed,
    Reading,
    StepTaken,
)
from backtrace.ledger.loss_facts import LossCalled

_CALLS = (GradsZeroed, ForwardRan, LossCalled, BackwardRan, StepTaken, GradsRescaled)


class AtUpdate(Condition):
    """Stops at the first call of an update."""

    def __init__(self, text: str, number: int) -> None:
        super().__init__(text)
        self._number = number
        self._has_held = False

    def look(self, moment: Moment) -> str:
        """Stop once, at the first call."""
        is_there = moment.update >= self._number and isinstance(moment.event, _CALLS)
        if self._has_held or moment.ended or not is_there:
            return ""
        self._has_held = True
        return f"update {moment.update} begins"


class AtFinding(Condition):
    """Stops when a rule finds something: any rule's error or warning, or that of one rule.

    All rules together are asked as often as leaves most of the time to the training, one rule
    after every update.
    """

    def __init__(self, text: str, wanted: str = "") -> None:
        super().__init__(text)
        self._rules = _find_rules(wanted)
        self._is_one = bool(wanted)
        self._history = History()
        self._new = NewFindings()
        self._count = 0

    def look(self, moment: Moment) -> str:
        """Ask the rules when an update has ended."""
        self._history.take(moment.event)
        self._count += len(moment.ended)
        if not moment.ended or not (self._is_one or self._new.is_time(self._count)):
            return ""
        found = self._new.ask(lambda: diagnose(self._history.stretches(), rules=self._rules))
        for each in found:
            if self._is_one or each.severity != "note":
                return f"{each.code} {each.pattern}: {each.message} ({each.where})"
        return ""


class AtNotFinite(Condition):
    """Stops at the first call that leaves a loss, a gradient or a value that is not finite."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._held = False

    def look(self, moment: Moment) -> str:
        """Look at all that the event tells."""
        event = moment.event
        loss = event.value if isinstance(event, LossCalled) else None
        loss = event.loss if isinstance(event, BackwardRan) else loss
        what = "the loss" if loss is not None and not isfinite(loss) else ""
        what = what or next((text for text, r in readings_of(event) if r.nonfinite), "")
        if not isinstance(event, LossCalled | BackwardRan | StepTaken | Edited):
            return ""
        was, self._held = self._held, bool(what) or self._held
        return f"{what} is not finite" if what and not was else ""


class ChangedOutsideStep(Condition):
    """Stops at the call that finds a value changed by no step."""

    def __init__(self, text: str, glob: str) -> None:
        super().__init__(text)
        self._glob = glob

    def look(self, moment: Moment) -> str:
        """Look at edits of values."""
        event = moment.event
        if not isinstance(event, Edited) or event.account != "value":
            return ""
        found = [name for name in event.entries if matches(name, self._glob)]
        return f"{found[0]} was changed, and by no step that was seen" if found else ""

    def describe_never(self, names: Sequence[str]) -> str:
        """Say so where there is no such tensor."""
        return describe_absent(self._glob, names) or super().describe_never(names)


def matches(name: str, glob: str) -> bool:
    """Whether a tensor is meant."""
    return name == glob or fnmatchcase(name, glob)


def describe_absent(glob: str, names: Sequence[str]) -> str:
    """Say that no tensor is called so, '' where one is."""
    if any(matches(name, glob) for name in names):
        return ""
    near = nearest(glob, list(names))
    hint = f"did you mean {near}?" if near else f"there are {', '.join(names[:4]) or 'none'}"
    return f"no tensor is called {glob}: {hint}"


def readings_of(event: Event) -> Iterator[tuple[str, Reading]]:
    """Give what an event left in gradients and values, with what to call each."""
    grads = getattr(event, "grads", {})
    if isinstance(event, StepTaken):
        found: dict[str, Entry] = {f"the value of {k}": v for k, v in event.values.items()}
    elif isinstance(event, Edited):
        what = "the value" if event.account == "value" else ".grad"
        found = {f"{what} of {name}": entry for name, entry in event.entries.items()}
    else:
        found = {f".grad of {name}": entry for name, entry in grads.items()}
    for text, entry in found.items():
        if entry.after is not None:
            yield text, entry.after


def _find_rules(wanted: str) -> list[Rule] | None:
    if not wanted:
        return None
    rules = load_rules()
    found = [rule for rule in rules.values() if wanted in (rule.code, rule.pattern)]
    if not found:
        near = nearest(wanted, [*rules, *(rule.pattern for rule in rules.values())])
        hint = f"did you mean {near}?" if near else "`backtrace rules` lists them"
        raise UsageError(f"--break finding={wanted}: there is no such rule\n    {hint}")
    return found
