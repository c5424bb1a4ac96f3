"""Goes another way from an update of a capsule, and compares that with the way it went."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from backtrace.compare.compare import compare
from backtrace.compare.comparison import Comparison
from backtrace.compare.comparison_json import comparison_to_dict
from backtrace.compare.measure import Tolerance
from backtrace.compare.print_losses import print_losses
from backtrace.compare.print_trials import print_comparison
from backtrace.compare.replayed import describe_parting
from backtrace.compare.report import verdict_block
from backtrace.compare.runs import ComparedRun
from backtrace.compare.script_trials import check_baseline, remarks_of
from backtrace.compare.trace_child import CapsuleStart, TraceRequest
from backtrace.compare.trace_pair import as_run
from backtrace.compare.trace_runs import NamedRequest, Runs, TracedRun, prepare_runs
from backtrace.errors import ScriptError
from backtrace.language import localized, localized_line
from backtrace.ledger.updates import Update
from backtrace.printable import json_text
from backtrace.show.content.cells import literal
from backtrace.show.content.next_looks import after_capsule
from backtrace.show.options import Options
from backtrace.show.text.findings import print_command
from backtrace.steer.capsule.request import find_kept
from backtrace.tracefile.capsule_facts import KeptUpdate
from backtrace.tracefile.capsule_file import CapsuleFile


@dataclass(frozen=True)
class CapsuleWhatIf:
    """From which update of which capsule, and how far; see `WhatIfOptions`."""

    path: Path
    experiments: tuple[str, ...]
    at: int | None = None
    updates: int | None = None
    from_start: bool = False
    tolerance: Tolerance | None = None
    timeout: float | None = None
    output: Path | None = None
    in_copy: bool = False


@dataclass(frozen=True)
class CapsuleWays:
    """What came of it: where the unchanged way parts from what was recorded, '' if it does not.

    `kept` are the updates that were held against it; `comparison` is None where it parted.
    """

    name: str
    kept: Sequence[KeptUpdate]
    parted: str
    comparison: Comparison | None
    remarks: Sequence[str]
    error: str = ""


@contextmanager
def run_from_capsule(
    options: CapsuleWhatIf, read: Callable[[str], TraceRequest]
) -> Iterator[CapsuleWays]:
    """Run from the capsule on, unchanged and changed, and give what came of it.

    Updates are read from the traces while the block runs. `read` reads the recorded command.

    Raises:
        TraceFileError: it is no capsule.
        UsageError: it has no such update, or how it was made cannot be run again.
        ScriptError: it did not run, or nothing stepped.
    """
    with CapsuleFile(options.path) as file:
        facts = file.facts
    place = 0 if options.at is None else find_kept(facts, options.at, options.path)
    kept = facts.updates[place:]
    start = CapsuleStart(
        str(options.path.resolve()), kept[0].number, options.updates or len(kept),
        options.from_start,
    )  # fmt: skip
    env = {"OMP_NUM_THREADS": str(facts.header.threads)} if facts.header.threads else {}
    with ExitStack() as stack:
        spare = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="backtrace-", ignore_cleanup_errors=True)
        )
        path = Path(spare) / "unchanged.trace"
        asked = replace(read(facts.header.command), path=str(path), limit=None, capsule=start)
        asked = replace(asked, detail=replace(asked.detail, digest=False))
        other = None
        with prepare_runs(env, in_copies=options.in_copy) as runs:
            base = stack.enter_context(_run(runs, "unchanged", asked, options))
            check_baseline(base)
            parted = _find_parting(kept, base)
            if options.experiments and not parted:
                changed = _change(asked, options, Path(spare))
                name = ", ".join(options.experiments)
                other = stack.enter_context(_run(runs, name, changed, options))
        name = options.path.name
        if other is None:
            yield CapsuleWays(name, kept, parted, None, [*remarks_of(base)])
        else:
            found = _compare(base, other, kept[0], options)
            yield CapsuleWays(name, kept, "", found, [*remarks_of(other)], other.error)


def _change(asked: TraceRequest, options: CapsuleWhatIf, folder: Path) -> TraceRequest:
    path = (options.output or folder / "other.trace").resolve()
    return replace(asked, path=str(path), experiments=(*asked.experiments, *options.experiments))


@contextmanager
def _run(runs: Runs, name: str, asked: TraceRequest, options: CapsuleWhatIf) -> Iterator[TracedRun]:
    """Run it, and give it while its trace is open."""
    (run,) = runs.run([NamedRequest(name, asked)], timeout=options.timeout)
    try:
        yield run
    finally:
        if run.trace is not None:
            run.trace.close()


def _find_parting(kept: Sequence[KeptUpdate], run: TracedRun) -> str:
    """Say where the unchanged run parts from what was recorded; '' where it does not."""
    now = {(each.index, each.optimizer): each for each in _updates_of(run, kept[0])}
    for recorded in (update for each in kept for update in each.seen):
        found = now.get((recorded.index, recorded.optimizer))
        if found is None:
            continue  # it was asked for fewer updates than are kept
        parting = describe_parting(recorded, found)
        if parting:
            return parting
    return ""


def _updates_of(run: TracedRun, first: KeptUpdate) -> list[Update]:
    """Return the updates of a run that ended, from the kept one on."""
    assert run.trace is not None
    return [each for each in run.trace.updates if each.is_complete and each.index >= first.number]


def _compare(
    base: TracedRun, other: TracedRun, first: KeptUpdate, options: CapsuleWhatIf
) -> Comparison:
    if other.trace is None:
        raise ScriptError(f"{other.name}: {other.error}")

    def side(run: TracedRun) -> ComparedRun:
        assert run.trace is not None
        return as_run(run.name, run.trace, _updates_of(run, first))

    exact = options.tolerance is None
    return compare(side(base), side(other), options.tolerance, exact=exact)


def print_capsule_ways(found: CapsuleWays, options: Options, capsule: Path) -> None:
    """Print whether it was the recorded update, and then both ways side by side."""
    console = Console(highlight=False, markup=False, emoji=False)
    for line in _describe_base(found):
        console.print(Text(localized(literal(line))))
    for remark in found.remarks:
        console.print(Text(localized_line(literal(remark)), style="dim"))
    if found.comparison is not None:
        console.print()
        print_comparison(console, found.comparison, options)
        print_losses(console, (found.comparison.base, found.comparison.other))
        console.print(verdict_block(found.comparison))
    print_command(console, after_capsule(str(capsule), parted=bool(found.parted)))


def _describe_base(found: CapsuleWays) -> Iterator[str]:
    first, last = found.kept[0].number, found.kept[-1].number
    span = f"Update {first}" if first == last else f"Updates {first} to {last}"
    if found.parted:
        yield f"{span} of {found.name}, run again: not what was recorded. {found.parted}"
        yield "So nothing was changed. `--from-start` runs the program up to there first."
        return
    yield f"{span} of {found.name}, run again: the same readings as recorded."
    lengths = (0, 0) if found.comparison is None else found.comparison.lengths
    if max(lengths) > len(found.kept):
        yield (
            f"After update {last}, whose batch is the last that is kept, both ways take the "
            "batches that the program draws from there on."
        )


def write_capsule_ways(found: CapsuleWays) -> None:
    """Write what came of it as one JSON document."""
    both = found.comparison
    document = {
        "at": found.kept[0].number,
        "is_same": not found.parted,
        "parted": found.parted,
        "comparison": None if both is None else comparison_to_dict(both),
        "remarks": list(found.remarks),
        "error": found.error,
    }
    sys.stdout.write(json_text(document) + "\n")
