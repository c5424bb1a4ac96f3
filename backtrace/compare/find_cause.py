"""Looks for what makes one recorded run the other: tries experiments, and says which does it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from backtrace.compare.compare import compare
from backtrace.compare.comparison import Comparison
from backtrace.compare.suggestions import SET, Sides, suggest
from backtrace.compare.trace_child import Detour, TraceRequest
from backtrace.compare.trace_pair import as_run
from backtrace.compare.trace_runs import NamedRequest, Runs, TracedRun, prepare_runs
from backtrace.compare.what_if import detail_of
from backtrace.errors import UsageError
from backtrace.ledger.events import Event
from backtrace.ledger.facts import OptimizerSeen
from backtrace.show.trace_size import check_size
from backtrace.steer.catalogue import read_experiment
from backtrace.tracefile import TraceFile

_AFTER = 4  # updates behind the first difference that have to be the same, too
_MOST_TOGETHER = 3
_CALLS = ("start", "zero_grad", "backward")  # in the order of an update; then others, then `step`


@dataclass(frozen=True)
class Attempt:
    """A run with experiments: up to where it was the other run, or all the way."""

    experiments: tuple[str, ...]
    comparison: Comparison
    places: int

    @property
    def reproduces(self) -> bool:
        """Whether the first updates are the other run's, those where the two differ included."""
        found = self.comparison
        return found.first is None and not found.order and found.updates >= self.places

    @property
    def reached(self) -> tuple[int, int]:
        """The update, and the call in it, at which it parts from the other run."""
        found = self.comparison.first
        if found is None:
            return (max(self.comparison.numbers, default=0) + 1, 0)
        call = found.call.split(" ")[0]
        order = _CALLS.index(call) if call in _CALLS else 4 if call == "step" else 3
        return found.update, order


@dataclass(frozen=True)
class FoundCause:
    """What was tried, in order, and `found`: the experiments that did it, None where none did.

    `plain` is the first run again as it was; where that is not the recorded one, nothing was tried.
    `closest` is what came furthest.
    """

    difference: Comparison
    plain: Comparison
    attempts: Sequence[Attempt]
    found: Attempt | None
    closest: Attempt | None
    updates: int


class CauseFinder:
    """Runs what the first trace was made by again and again, and holds it against the second."""

    def __init__(
        self,
        traces: tuple[TraceFile, TraceFile],
        request: TraceRequest,
        *,
        most: int = 24,
        parallel: int = 1,
        timeout: float | None = None,
    ) -> None:
        self._base, self._other = traces
        self._asked = request
        self._most, self._parallel, self._timeout = most, parallel, timeout
        self._attempts: list[Attempt] = []
        self._places = 0

    def find(self) -> FoundCause:
        """Try what the first difference suggests, and with what helped, what the next one does.

        Raises:
            UsageError: the traces are equal, or have nothing in common.
            TraceFileError: they take more memory than there is.
        """
        check_size(self._base, self._other)
        difference = self._compare(self._base, self._base.path.name, self._other)
        if difference.first is None:
            raise UsageError("--explain: the two have the same bits: there is nothing to explain")
        _check_read(difference)
        place = difference.numbers.index(difference.first.update) + 1
        self._places = min(place + _AFTER, *difference.lengths)
        threads = self._base.header.threads
        env = {"OMP_NUM_THREADS": str(threads)} if threads else {}
        with (
            tempfile.TemporaryDirectory(prefix="backtrace-", ignore_cleanup_errors=True) as folder,
            prepare_runs(env) as runs,
        ):
            ((plain, _),) = self._run([()], Path(folder), runs, self._base)
            found = closest = None
            if plain.first is None:
                found, closest = self._search(difference, Path(folder), runs)
        last = self._other.outline()[self._places - 1].number
        return FoundCause(difference, plain, self._attempts, found, closest, last)

    def _search(
        self, difference: Comparison, folder: Path, runs: Runs
    ) -> tuple[Attempt | None, Attempt | None]:
        best = Attempt((), difference, self._places)
        sides: Sides | None = _sides_of(self._base, self._other, difference)
        closest: Attempt | None = None
        for _ in range(_MOST_TOGETHER):
            if sides is None:
                break
            further, sides = self._try_all(suggest(best.comparison, sides), best, folder, runs)
            if further is None or further.reproduces:
                return further, further or closest
            closest = best = further
        return None, closest

    def _try_all(
        self, texts: Sequence[str], best: Attempt, folder: Path, runs: Runs
    ) -> tuple[Attempt | None, Sides | None]:
        """Return the first attempt, with one more experiment each, that comes further."""
        held = best.experiments
        new = [text for text in texts if text not in held and (_is_key(text) or _is_known(text))]
        wanted = [(*held, text) for text in new[: self._most - len(self._attempts)]]
        for start in range(0, len(wanted), self._parallel):
            part = wanted[start : start + self._parallel]
            found = self._run(part, folder, runs, self._other)
            attempts = [
                Attempt(each, comparison, self._places)
                for each, (comparison, _) in zip(part, found, strict=True)
            ]
            self._attempts += attempts
            at = max(range(len(part)), key=lambda n: (attempts[n].reproduces, attempts[n].reached))
            if attempts[at].reproduces or attempts[at].reached > best.reached:
                return attempts[at], found[at][1]
        return None, None

    def _run(
        self,
        experiments: Sequence[tuple[str, ...]],
        folder: Path,
        runs: Runs,
        against: TraceFile,
    ) -> list[tuple[Comparison, Sides | None]]:
        """Run with each of these; compare what came of it with one of the traces."""
        requests = []
        limit = max(entry.number for entry in against.outline()[: self._places])
        for at, texts in enumerate(experiments):
            path = folder / f"{len(self._attempts) + at}-{len(texts)}.trace"
            detour = Detour(str(against.path.resolve()), self._places, 0, ())
            keys = [text.removeprefix(SET).partition("=") for text in texts if _is_key(text)]
            asked = replace(
                self._asked, path=str(path), limit=limit, detour=detour,
                detail=detail_of(against, self._asked),
                experiments=(*self._asked.experiments, *filter(_is_known, texts)),
                overrides=(*self._asked.overrides, *((key, value) for key, _, value in keys)),
            )  # fmt: skip
            requests.append(NamedRequest(", ".join(texts) or "as it was", asked))
        done = runs.run(requests, parallel=self._parallel, timeout=self._timeout)
        return [self._hold(run, against) for run in done]

    def _hold(self, run: TracedRun, against: TraceFile) -> tuple[Comparison, Sides | None]:
        if run.trace is None:
            empty = as_run(run.name, against, ())
            return compare(empty, as_run(against.path.name, against, against.updates[:1])), None
        with run.trace:
            found = self._compare(run.trace, run.name, against)
            is_cut = found.first is None or run.error
            return found, None if is_cut else _sides_of(run.trace, against, found)

    def _compare(self, one: TraceFile, name: str, other: TraceFile) -> Comparison:
        end = self._places or None
        return compare(
            as_run(name, one, one.updates[:end]),
            as_run(other.path.name, other, other.updates[:end]),
            exact=True,
        )


def _check_read(difference: Comparison) -> None:
    """Refuse two traces of other updates: a run again reads those of one of them."""
    one, two = difference.read
    if max(one.gap, 1) != max(two.gap, 1):
        told = [
            f"{run.name} reads {'every update' if each.is_every else f'one of {each.gap}'}"
            for run, each in ((difference.base, one), (difference.other, two))
        ]
        raise UsageError(f"--explain: {' and '.join(told)}: record both with the same --every")


def _sides_of(base: TraceFile, other: TraceFile, found: Comparison) -> Sides:
    """Return the update of each run in which they differ first."""
    assert found.first is not None
    place = min(max(0, found.updates - 1), *(length - 1 for length in found.lengths))
    for at in range(found.updates):
        if found.growth[at] or base.updates[at].index == found.first.update:
            place = at
            break
    return Sides(
        base.updates[place], other.updates[place], (_optimizers(base), _optimizers(other)), place
    )


def _optimizers(trace: TraceFile) -> dict[str, OptimizerSeen]:
    seen: dict[str, OptimizerSeen] = {}
    events: Sequence[Event] = trace.events
    for event in events:
        if isinstance(event, OptimizerSeen):
            seen.setdefault(event.optimizer, event)
    return seen


def _is_key(text: str) -> bool:
    """Whether it is a key of a config, and no experiment."""
    return text.startswith(SET)


def _is_known(text: str) -> bool:
    """Whether there is such an experiment, and it takes what was worked out for it."""
    try:
        read_experiment(text)
    except UsageError:
        return False
    return True
