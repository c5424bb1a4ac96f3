"""Where one is in a trace: an update, a call of it, a parameter, and what is listed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from fnmatch import fnmatchcase

from backtrace.diagnose.diagnose import Diagnosis, diagnose_events
from backtrace.diagnose.rule import Finding
from backtrace.errors import UsageError
from backtrace.ledger.events import StepTaken
from backtrace.ledger.name_globs import is_chosen
from backtrace.show.numbers import describe_numbers
from backtrace.show.tui.walked_calls import WalkedCall, find_calls
from backtrace.tracefile import TraceFile
from backtrace.tracefile.replay import UpdateEntry

_KEPT = 8  # updates around here that are held in memory
_FAR = 200  # updates that are searched for the next change of a parameter


class Walker:
    """Moves through a trace call by call; only the updates around are read.

    An update here is all that happened between two steps, whichever optimizer took them.

    Raises:
        TraceFileError: the trace cannot be read.
        UsageError: there is no call in it.
    """

    def __init__(self, trace: TraceFile, place: int = 0, params: Sequence[str] = ()) -> None:
        self.trace = trace
        self.outline: list[UpdateEntry] = [each for each in trace.outline() if each.is_complete]
        self.globs = tuple(params)
        self.filter = ""
        self.chosen = ""
        self._held: OrderedDict[int, list[WalkedCall]] = OrderedDict()
        self._called: dict[str, str] = {}
        self._diagnosed: tuple[int, Diagnosis] | None = None
        self._has_rest = bool(self._calls(len(self.outline)))
        self.place = min(place, self.count - 1)
        self.at = 0
        if not self.count or not self.calls:
            raise UsageError(f"{trace.path}: nothing to walk through: no call was recorded")
        self.choose(0)

    @property
    def count(self) -> int:
        """How many updates there are, with what came after the last step."""
        return len(self.outline) + self._has_rest

    @property
    def last(self) -> int:
        """The place of the last update, before what came after the last step."""
        return max(len(self.outline), 1) - 1

    @property
    def update(self) -> UpdateEntry | None:
        """The update's title; None after the last step."""
        return self.outline[self.place] if self.place < len(self.outline) else None

    @property
    def here(self) -> UpdateEntry | None:
        """The update's title, or the last one's after the last step."""
        return self.update or (self.outline[-1] if self.outline else None)

    @property
    def calls(self) -> list[WalkedCall]:
        """The calls of this update."""
        return self._calls(self.place)

    @property
    def call(self) -> WalkedCall:
        """The call at which one is."""
        return self.calls[self.at]

    @property
    def step(self) -> StepTaken | None:
        """The step that ends this update."""
        last = self.calls[-1].event
        return last if isinstance(last, StepTaken) else None

    @property
    def optimizers(self) -> list[str]:
        """The optimizers that stepped, in the order of their first steps."""
        return list(dict.fromkeys(each.optimizer for each in self.outline))

    def called(self, optimizer: str) -> str:
        """Return the user's name for an optimizer, as far as its steps were read."""
        return self._called.get(optimizer, optimizer)

    @property
    def names(self) -> list[str]:
        """The tensors that are listed: those that match `--param` and the filter."""
        return [name for name in self.call.states if self._is_listed(name)]

    def reload(self) -> None:
        """Take in what was written since; one stays where one is, or at the end."""
        was_last = self.place >= len(self.outline) - 1
        fresh = Walker(self.trace, self.place, self.globs)
        self.outline, self._held, self._has_rest = fresh.outline, fresh._held, fresh._has_rest
        self.jump(len(self.outline) - 1 if was_last else self.place)

    def move(self, calls: int) -> bool:
        """Go that many calls on, or back; False where the trace ends before."""
        place, at = self.place, self.at + calls
        while at < 0:
            if place == 0:
                return False
            place -= 1
            at += len(self._calls(place))
        while at >= len(self._calls(place)):
            at -= len(self._calls(place))
            place += 1
            if place >= self.count:
                return False
        self.place, self.at = place, at
        return True

    def move_updates(self, updates: int) -> None:
        """Go that many updates on, or back, as far as there are any; to the same call of it."""
        self.jump(self.place + updates)

    def jump(self, place: int) -> None:
        """Go to the update at a place, to the call with the name of this one if it has one."""
        name, place = self.call.name, max(0, min(place, self.count - 1))
        names = [call.name for call in self._calls(place)]
        if not names:
            return
        self.place = place
        if self.at >= len(names) or names[self.at] != name:
            self.at = names.index(name) if name in names else len(names) - 1

    def go(self, number: str) -> None:
        """Go to the update of this number; `last` is one, and `-` or `+` before it are steps.

        Raises:
            UsageError: there is none; the text says which there are.
        """
        text = number.strip()
        if text in ("last", "first"):
            self.jump(0 if text == "first" else self.last)
            return
        if text[:1] in ("+", "-") and text[1:].isdecimal():
            self.move_updates(int(text))
            return
        wanted = int(text) if text.isdecimal() else None
        here = self.update.optimizer if self.update else ""
        places = [each for each in self.outline if each.number == wanted]
        places.sort(key=lambda each: each.optimizer != here)
        if not places:
            raise UsageError(f"no update {text}: there are {describe_numbers(self.outline)}")
        self.jump(places[0].place)

    def diagnose(self) -> Diagnosis:
        """Return what the rules say of the whole trace; asked once for as much as there is of it.

        Raises:
            TraceFileError: the trace cannot be read.
        """
        if self._diagnosed is None or self._diagnosed[0] != len(self.outline):
            self._diagnosed = len(self.outline), diagnose_events(self.trace.events)
        return self._diagnosed[1]

    def go_to_finding(self, finding: Finding) -> None:
        """Go to a finding's update, to the call at its line, and choose the first of its tensors.

        What comes too late, after the step, stands in the update after it.

        Raises:
            UsageError: its update is not in the trace.
        """
        optimizers = self.optimizers
        if len(optimizers) > 1 and finding.optimizer not in optimizers:  # counted over all
            places = [each.place for each in self.outline[finding.update - 1 : finding.update]]
        else:
            owner = finding.optimizer if len(optimizers) > 1 else ""
            places = [
                each.place
                for each in self.outline
                if each.number == finding.update and owner in ("", each.optimizer)
            ]
        if not places:
            raise UsageError(f"update {finding.update} is not in the trace")
        self.jump(places[0])
        found = self._calls_at(places[0], finding.where)
        if not found and places[0] + 1 < self.count:
            found = self._calls_at(places[0] + 1, finding.where)
            self.place += bool(found)
        self.at = found[0] if found else len(self.calls) - 1
        known = [name for name in finding.parameters if name in self.call.states]
        if known:
            self.chosen = known[0]
            self.filter = "" if known[0] not in self.names else self.filter

    def choose(self, line: int) -> None:
        """Choose the tensor on a line, or the nearest one."""
        names = self.names
        if names:
            self.chosen = names[max(0, min(line, len(names) - 1))]

    @property
    def line(self) -> int:
        """On which line the chosen tensor is; 0 where it is not listed."""
        names = self.names
        return names.index(self.chosen) if self.chosen in names else 0

    def seek(self, direction: int) -> bool:
        """Go to the next call, or the one before, that changed the chosen tensor."""
        here = (self.place, self.at)
        while abs(self.place - here[0]) <= _FAR and self.move(direction):
            if self.call.changed(self.chosen):
                return True
        self.place, self.at = here
        return False

    def _is_listed(self, name: str) -> bool:
        if not is_chosen(name, self.globs):
            return False
        wanted = self.filter.casefold()
        if any(mark in wanted for mark in "*?["):
            return fnmatchcase(name.casefold(), wanted)
        return wanted in name.casefold()

    def _calls_at(self, place: int, line: str) -> list[int]:
        calls = enumerate(self._calls(place))
        return [at for at, call in calls if line and call.event.where == line]

    def _calls(self, place: int) -> list[WalkedCall]:
        if place not in self._held:
            self._held[place] = find_calls(*self.trace.stretch(place), self._called)
            while len(self._held) > _KEPT:
                self._held.popitem(last=False)
        self._held.move_to_end(place)
        return self._held[place]
