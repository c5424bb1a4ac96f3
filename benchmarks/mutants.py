"""Mutants: correct scripts, each with one mistake put into it, and what is said of them.

    python benchmarks/mutants.py [--sample N] [--seed S] [--seconds T] [--all]

Operators (`mutation/operators/`) change the source of scripts that are correct: the correct cases
of tests/cases and those in `mutation/scripts/`. A mutant counts when it runs and other numbers are
trained than by the original. It is *killed* when an error or warning is said that the original does
not get; the *cause* is right when a rule that knows this mistake says so and no other finding
explains it away, the *line* when such a finding points at what was changed. Where correct scripts
do precisely what a mutant does, as those that sum a loss and step with Adam, nobody can tell it:
such mutants are counted apart, as *not decidable*, each with its operator's reason.

What lies in `mutation/held_out/` was written by someone who had read no rule: what becomes of these
operators and scripts is printed as one line and never one by one, so that rules can be written
without having seen it.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests" / "cases"), str(ROOT / "benchmarks")]

import torch  # noqa: E402
from harness import find_cases, is_ready, read_expectation  # noqa: E402
from mutation.operator import Operator, is_script_held_out  # noqa: E402
from mutation.operators import load_operators  # noqa: E402
from mutation.script import Mutation, Script  # noqa: E402
from mutation.trial import Alarm, Trial, try_script, warm_up  # noqa: E402

_MUTATION = ROOT / "benchmarks" / "mutation"
SCRIPTS = _MUTATION / "scripts"


@dataclass(frozen=True)
class Mutant:
    """A correct script, the operator that breaks it, and what that makes of it."""

    path: Path
    operator: Operator
    mutation: Mutation

    @property
    def is_held_out(self) -> bool:
        """Whether its operator or its script is."""
        return self.operator.is_held_out or is_script_held_out(self.path)


@dataclass(frozen=True)
class Judged:
    """A mutant that trains something else, and the alarms that its original does not get.

    `doubt` says why nobody could tell it from what is correct, '' where it can be told.
    """

    mutant: Mutant
    alarms: tuple[Alarm, ...]
    doubt: str

    @property
    def right(self) -> tuple[Alarm, ...]:
        """The alarms that name the cause."""
        causes = self.mutant.operator.causes
        return tuple(each for each in self.alarms if each.is_root and each.code in causes)

    @property
    def is_line_right(self) -> bool:
        """Whether one of them points at what was changed."""
        return any(each.line in self.mutant.mutation.lines for each in self.right)


def find_scripts(folders: Sequence[Path]) -> list[Path]:
    """Return all scripts that are correct and train something."""
    cases = [path for path in find_cases() if not path.name.startswith("bug_")]
    steps = [path for path in cases if not read_expectation(path).steps and is_ready(path)]
    apart = _MUTATION / "held_out" / "scripts"
    more = [path for folder in (SCRIPTS, apart, *folders) for path in sorted(folder.rglob("*.py"))]
    return [*steps, *more]


def draw(paths: Sequence[Path], operators: Sequence[Operator], seed: int) -> Iterator[Mutant]:
    """Give mutants in a drawn order, one of each operator in turn while it has some."""
    scripts = {path: script for path in paths if (script := _read(path)) is not None}
    chance = random.Random(seed)
    waiting = {each: chance.sample(list(scripts), len(scripts)) for each in operators}
    while waiting:
        for operator in chance.sample(list(waiting), len(waiting)):
            mutant = None
            while mutant is None and waiting[operator]:
                path = waiting[operator].pop()
                found = [each for each in operator.mutate(scripts[path]) if each is not None]
                mutant = Mutant(path, operator, chance.choice(found)) if found else None
            if mutant is None:
                del waiting[operator]
            else:
                yield mutant


def _read(path: Path) -> Script | None:
    source = path.read_text(encoding="utf-8")
    return Script(source) if source.isascii() else None


class Trials:
    """Runs originals once and mutants against them."""

    def __init__(self) -> None:
        self.originals: dict[Path, Trial | None] = {}

    def original(self, path: Path) -> Trial | None:
        """Return the trial of a script as it is."""
        if path not in self.originals:
            self.originals[path] = try_script(path.read_text(encoding="utf-8"), limit=_limit(path))
        return self.originals[path]

    def judge(self, mutant: Mutant) -> Judged | None:
        """Run a mutant; None where it raises, does not end, or trains the same numbers."""
        before = self.original(mutant.path)
        if before is None or before.ended or any(each.code for each in before.alarms):
            return None
        after = try_script(mutant.mutation.source, limit=_limit(mutant.path))
        if after is None or after.ended or not after.differs(before):
            return None
        return Judged(mutant, after.alarms, mutant.operator.doubt(before))


def _limit(path: Path) -> int | None:
    return read_expectation(path).limit if "tests" in path.parts else None


def tabulate(judged: Sequence[Judged]) -> Iterator[str]:
    """Give the lines of the table: a family each of what may be seen, and one of all held out."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    told = [one for one in judged if not one.doubt]
    doubtful = [one for one in judged if one.doubt]
    for one in told:
        if not one.mutant.is_held_out:
            groups[one.mutant.operator.family].append(one)
    yield "| family | mutants | killed | right cause | right line | first update |"
    yield "|---|---|---|---|---|---|"
    for family, found in sorted(groups.items()):
        yield _row(family, found)
    yield _row("**all**", [one for one in told if not one.mutant.is_held_out])
    yield _row("**held out**", [one for one in told if one.mutant.is_held_out])
    yield _row("not decidable", [one for one in doubtful if not one.mutant.is_held_out])
    yield _row("not decidable, held out", [one for one in doubtful if one.mutant.is_held_out])
    yield _row("all, not decidable ones too", [o for o in judged if not o.mutant.is_held_out])
    yield _row("held out, the same", [one for one in judged if one.mutant.is_held_out])
    for reason in sorted({one.doubt for one in doubtful}):
        yield f"not decidable: {reason} ({sum(one.doubt == reason for one in doubtful)})"


def _row(name: str, found: Sequence[Judged]) -> str:
    killed = [one for one in found if one.alarms]
    right = [one for one in found if one.right]
    lines = sum(one.is_line_right for one in right)
    first = median(min(a.update for a in one.alarms) for one in killed) if killed else "-"
    shares = (f"{n} ({n / max(len(found), 1):.0%})" for n in (len(killed), len(right), lines))
    return f"| {name} | {len(found)} | {' | '.join(shares)} | {first} |"


def _tell(one: Judged) -> str:
    mutant = one.mutant
    alive = "doubt" if one.doubt else "alive"
    word = "right" if one.is_line_right else "cause" if one.right else "wrong"
    said = " ".join(f"{a.code}{'' if a.is_root else '<'}@{a.line}" for a in one.alarms)
    lines = ",".join(map(str, sorted(mutant.mutation.lines)))
    place = f"{mutant.path.parent.name}/{mutant.path.name}"
    return f"{word if said else alive} {mutant.operator.name} {place} [{lines}] {said}"


def main() -> int:
    """Run the mutants and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sample", type=int, default=400, metavar="N", help="mutants to try")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=600, help="begin no trial after these")
    parser.add_argument("--operator", help="only those whose name has this in it")
    parser.add_argument("--all", action="store_true", help="a line per mutant not held out")
    parser.add_argument("--scripts", type=Path, nargs="*", default=[], help="more, in folders")
    options = parser.parse_args()
    torch.set_num_threads(1)
    operators = [each for each in load_operators() if (options.operator or "") in each.name]
    began = time.monotonic()
    warm_up(sorted(SCRIPTS.glob("*.py")))
    trials, judged, tried = Trials(), [], 0
    for mutant in draw(find_scripts(options.scripts), operators, options.seed):
        if tried >= options.sample or time.monotonic() - began > options.seconds:
            break
        tried += 1
        one = trials.judge(mutant)
        if one is not None:
            judged.append(one)
            if options.all and not mutant.is_held_out:
                print(_tell(one), flush=True)
    print("\n".join(tabulate(judged)))
    originals = [trial for trial in trials.originals.values() if trial is not None]
    alarms = sum(bool(trial.alarms) for trial in originals)
    print(
        f"\n{tried} mutants of {len(operators)} operators tried in "
        f"{time.monotonic() - began:.0f} s, {len(judged)} trained something else; "
        f"alarms on {alarms} of {len(originals)} originals"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
