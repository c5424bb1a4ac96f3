"""Is every training the same with and without recording, and do the books balance? Over very many.

    python benchmarks/breadth.py [--jobs N] [--random N] [--seed N] [--sample N] [--only FAMILY] …

Networks of torch's layers, optimizers and loops, all at random; every optimizer of torch's with
each value of each option, and every schedule; mixed precision, compilers and checkpoints; loops of
functions, of meta-learning, and other odd ones; DDP, FSDP2 and torch's other engines on two ranks;
and the models of Transformers, timm and torch_geometric, where these are installed, at tiny sizes.
Each is trained bare and recorded, from the same seed: all parameters, buffers, gradients and
states, and the random numbers after it, must be the same bits; an update must have been seen, and
every account must balance. What cannot be made or trained bare is counted apart, if it raises the
same when it is recorded; what trains otherwise when it is trained bare again cannot be judged.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator

import torch
from broad.case import Case
from broad.judging import NOT_MADE, ODD, SAME, SLOW, UNSEEN
from broad.library_models import geometric_cases, timm_cases, transformers_cases
from broad.meta_loops import meta_cases
from broad.modes import mode_cases
from broad.networks import random_case
from broad.odd_loops import odd_cases
from broad.optimizers import optimizer_cases
from broad.ranks import rank_cases
from broad.workers import Pool

_BATCH = 12  # cases a process
_COLUMNS = (SAME, UNSEEN, ODD, SLOW, NOT_MADE)
SOURCES: tuple[Callable[[], Iterator[Case]], ...] = (
    odd_cases, meta_cases, mode_cases, optimizer_cases, rank_cases, transformers_cases,
    geometric_cases, timm_cases,
)  # fmt: skip


def all_cases(options: argparse.Namespace) -> list[Case]:
    """Return everything that is to be tried, in an order by chance."""
    chance = random.Random(options.seed)
    found = [random_case(chance.randrange(10**9)) for _ in range(options.random)]
    for source in SOURCES:
        try:
            found += source()
        except ImportError as error:
            print(f"left out: {source.__name__}: {error}", flush=True)
    found = [each for each in found if options.only in (None, each.family)]
    chance.shuffle(found)  # else the slow ones come together, at the end
    return found[: options.sample]


class Tally:
    """Counts what came of each family, and says what is worth a word."""

    def __init__(self, total: int, *, lists_all: bool) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.failed = 0
        self._total = total
        self._lists_all = lists_all
        self._begin = self._said = time.monotonic()
        self._reasons: dict[tuple[str, str], list[str]] = {}

    def take(self, case: Case, what: str, more: str) -> None:
        """Take in what became of a case."""
        self.counts[case.family, what] += 1
        self.failed += what.isupper()
        if what in (UNSEEN, ODD, SLOW) or (self._lists_all and what != SAME):
            self._reasons.setdefault((what, more), []).append(str(case))
        if what.isupper():
            print(f"{what}: {case}: {more}", flush=True)
        now = time.monotonic()
        if now - self._said > 10:
            self._said = now
            done = self.counts.total()
            print(
                f"… {done} of {self._total}, {self.failed} wrong, {self.seconds:.0f} s", flush=True
            )

    @property
    def seconds(self) -> float:
        """How long it is since the start."""
        return time.monotonic() - self._begin

    def report(self) -> None:
        """Print the counts of each family, and what could not be seen or judged."""
        for (what, more), cases in sorted(self._reasons.items()):
            few = "; ".join(cases[: len(cases) if self._lists_all else 3])
            rest = "" if self._lists_all or len(cases) < 4 else f" and {len(cases) - 3} more"
            print(f"{what}: {more}: {few}{rest}")
        print(f"\n{'':20} {'tried':>7}" + "".join(f"{each:>10}" for each in (*_COLUMNS, "wrong")))
        families = sorted({family for family, _ in self.counts})
        for family in families:
            self._print_row(
                family, {what: n for (f, what), n in self.counts.items() if f == family}
            )
        if len(families) > 1:
            whole: Counter[str] = Counter()
            for (_, what), count in self.counts.items():
                whole[what] += count
            self._print_row("all", whole)

    def _print_row(self, name: str, counts: dict[str, int] | Counter[str]) -> None:
        wrong = sum(count for what, count in counts.items() if what.isupper())
        cells = [*(counts.get(each, 0) for each in _COLUMNS), wrong]
        print(
            f"{name:20} {sum(counts.values()):7}" + "".join(f"{each or '–':>10}" for each in cells)
        )


def main() -> int:
    """Try them, and say what came of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    cores = len(os.sched_getaffinity(0))
    parser.add_argument("--jobs", type=int, default=cores, help="processes at once")
    parser.add_argument("--random", type=int, default=600, help="how many random networks")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sample", type=int, help="try so many of all, drawn by the seed")
    parser.add_argument("--only", help="the family to try")
    parser.add_argument("--list", action="store_true", help="name also what could not be made")
    parser.add_argument("--seconds", type=float, default=1e9, help="begin nothing after so many")
    options = parser.parse_args()
    torch.set_num_threads(1)  # else a fork waits for OpenMP's threads, which it does not have
    os.environ |= {"OMP_NUM_THREADS": "1", "TORCHINDUCTOR_COMPILE_THREADS": "1"}
    cases = all_cases(options)
    print(f"torch {torch.__version__}, {len(cases)} trainings on {options.jobs} cores", flush=True)
    pool, tally = Pool(cases, options.jobs, _BATCH), Tally(len(cases), lists_all=options.list)
    try:
        for case, (what, more) in pool.judge(time.monotonic() + options.seconds):
            tally.take(case, what, more)
    finally:
        pool.close()
        tally.report()
    left = len(cases) - tally.counts.total()
    same = sum(count for (_, what), count in tally.counts.items() if what == SAME)
    print(
        f"{same} of the same bits with balanced books, {tally.failed} wrong, {tally.seconds:.0f} s"
        + (f"; {left} were left out for lack of time" if left else "")
    )
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
