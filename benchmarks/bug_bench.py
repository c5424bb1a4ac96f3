"""The bug bench: which silent training bugs are found, when, and what is said of correct code.

    python benchmarks/bug_bench.py [--all] [--cuts N] [--jobs N] [--check FILE]

Runs every script under tests/cases: buggy ones, their fixed twins, and unusual correct ones, with
every rule on each of them. A bug is caught when the rule that its case names gives a finding; an
error or warning on a fixed or clean script, or beyond what a buggy one expects, is a false alarm.
A correct script must end well and step; one that does not is no evidence, and the bench fails.
So it does at any mistake that `tests/cases/held.py` looks for: an alarm in a piece of a correct
script, cut after any of its steps, a census that text does not keep, a bug without a mended twin.
A bug is caught *at* the first update after which the finding is there when the run is cut off.
`--all` prints a line per script; `--check` fails unless FILE holds the table that is printed, and
writes it there with UPDATE_DOCS=1.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import track

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "cases"))

from harness import Outcome, find_cases, is_ready, judge_case  # noqa: E402
from held import find_mistakes  # noqa: E402

from backtrace.diagnose.catalogue import load_rules  # noqa: E402
from backtrace.diagnose.diagnose import diagnose_events  # noqa: E402
from backtrace.ledger.events import Event, StepTaken  # noqa: E402

MARKS = re.compile(r"(<!-- bug bench -->\n).*?(<!-- end -->)", re.S)
ACCOUNTS = {
    "1": "gradient account",
    "2": "value account",
    "3": "graph",
    "4": "loss and data",
    "5": "numbers",
    "6": "census",
}


@dataclass(frozen=True)
class Result:
    """One script: what was to be found, what was, and at which update it was caught."""

    path: Path
    is_bug: bool
    mistakes: tuple[str, ...]
    missed: tuple[str, ...]
    false_alarms: tuple[str, ...]
    caught: int | None
    visible: int | None

    @property
    def account(self) -> str:
        """The account of the rule whose folder the script is in."""
        pattern = self.path.parent.name.replace("_", "-")
        code = next(code for code, rule in load_rules().items() if rule.pattern == pattern)
        return ACCOUNTS[code[2]]


def judge(path: Path, cuts: int | None = None) -> Result:
    """Run one script and hold the findings against what it expects; cut it so often."""
    outcome = judge_case(path)
    expected = outcome.expected.codes
    alarms = {each.code for each in outcome.findings if each.severity != "note"}
    false_alarms = tuple(sorted(alarms - set(expected) - outcome.expected.also))
    missed = tuple(code for code in expected if code not in outcome.first_updates)
    mistakes = tuple(find_mistakes(outcome, cuts))
    if not expected or missed:
        return Result(path, bool(expected), mistakes, missed, false_alarms, None, None)
    visible = max(outcome.first_updates[code] for code in expected)
    return Result(path, True, mistakes, (), false_alarms, find_catch(outcome), visible)


def find_catch(outcome: Outcome) -> int:
    """Return after how many updates, of the optimizer with the most, all of it is found."""
    wanted = set(outcome.expected.codes)
    rules = [load_rules()[code] for code in wanted]
    for events in prefixes(outcome.events):
        if {found.code for found in diagnose_events(events, rules=rules).findings} == wanted:
            break
    steps = Counter(event.optimizer for event in events if isinstance(event, StepTaken))
    return max(steps.values(), default=1)


def prefixes(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """Give the events up to the end of each update: to where the call after `step` begins."""
    steps = [at for at, event in enumerate(events) if isinstance(event, StepTaken)]
    for at in steps:
        yield events[: at + 1]
    yield events


def tabulate(results: Sequence[Result]) -> str:
    """Return the table of all accounts as Markdown."""
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[result.account].append(result)
    lines = [
        "| rules of the | bugs | found | by the 2nd update | correct scripts | false alarms |",
        "|---|---|---|---|---|---|",
    ]
    rows = [(name, groups[name]) for name in ACCOUNTS.values() if name in groups]
    for name, found in [*rows, ("**all**", list(results))]:
        bugs = [result for result in found if result.is_bug]
        caught = [result for result in bugs if not result.missed]
        early = [result for result in caught if is_early(result)]
        alarms = sum(bool(result.false_alarms) for result in found)
        lines.append(
            f"| {name} | {len(bugs)} | {len(caught)} | {len(early)} | {len(found) - len(bugs)} "
            f"| {alarms} |"
        )
    return "\n".join(lines)


def is_early(result: Result) -> bool:
    """Whether a bug was caught by the second update at which it can be seen."""
    return (
        result.caught is not None
        and result.visible is not None
        and result.caught <= result.visible + 1
    )


def is_held(path: Path, table: str) -> bool:
    """Whether the table stands between the marks in a file; with UPDATE_DOCS=1 it is put there."""
    text = path.read_text(encoding="utf-8")
    new = MARKS.sub(lambda found: f"{found[1]}{table}\n{found[2]}", text)
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(new, encoding="utf-8")
        return True
    return new == text and table in text


def judge_all(paths: Sequence[Path], cuts: int | None, jobs: int) -> list[Result]:
    """Judge each script: here, or several at a time in processes that are made for it."""
    task = partial(judge, cuts=cuts)
    show = partial(track, description="scripts", total=len(paths), transient=True)
    console = Console(stderr=True)
    if jobs == 1:
        torch.set_num_threads(1)
        return list(show(map(task, paths), console=console))
    # Not multiprocessing's own pool, whose processes may have no children, as loaders' workers are;
    # nor its `spawn`, which would be those children's way to start as well.
    with ProcessPoolExecutor(jobs, get_context("fork"), torch.set_num_threads, (1,)) as pool:
        return list(show(pool.map(task, paths), console=console))


def main() -> int:
    """Run the bench and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--all", action="store_true", help="a line per script")
    parser.add_argument("--cuts", type=int, metavar="N", help="pieces of each; all of them if not")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="scripts at a time")
    parser.add_argument("--check", type=Path, metavar="FILE", help="must hold the table")
    options = parser.parse_args()
    found = find_cases()
    paths = [path for path in found if is_ready(path)]
    if left := len(found) - len(paths):
        print(f"{left} scripts are left out: they need '.[frameworks]'", file=sys.stderr)
    results = judge_all(paths, options.cuts, options.jobs)
    for result in results:
        wrong = "; ".join(result.mistakes)
        if options.all or wrong:
            when = f"update {result.caught}" if result.caught else ""
            print(f"{result.path.relative_to(ROOT / 'tests' / 'cases')}: {when or 'quiet'} {wrong}")
    table = tabulate(results)
    print(table)
    times = Counter(result.caught for result in results if result.caught)
    told = ", ".join(f"{count} at update {update}" for update, count in sorted(times.items()))
    print(f"\ncaught: {told}")
    if options.check and not is_held(options.check, table):
        print(f"{options.check} does not hold this table; UPDATE_DOCS=1 writes it", file=sys.stderr)
        return 1
    return int(any(result.mistakes for result in results))


if __name__ == "__main__":
    sys.exit(main())
