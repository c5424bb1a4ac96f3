"""Is every training the same with and without recording, and do the books balance? Over very many.

    python benchmarks/breadth.py [--random N] [--seed N] [--only FAMILY] [--list]

Networks of torch's layers, optimizers with their options, and loops, all at random; loops of
functions and other odd ones; and the models of Transformers, timm and torch_geometric, where these
are installed, at tiny sizes. Each is trained bare and recorded, from the same seed: all
parameters, buffers, gradients and states, and the random numbers after it, must be the same bits;
an update must have been seen, and every account must balance. What cannot be made or trained
bare is counted apart; what trains otherwise when it is trained bare again cannot be judged.
"""

from __future__ import annotations

import argparse
import logging
import random
import signal
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import chain
from typing import Any

import torch
from architectures import Case, random_case
from library_models import geometric_cases, timm_cases, transformers_cases
from odd_loops import odd_cases
from torch import Tensor

import backtrace

SECONDS = 20  # for one bare training
_REPEATS = 15  # bare trainings that have to be the same before ours counts as another


def judge(case: Case) -> tuple[str, str]:
    """Return what became of a case, and more about it: `same`, `not made`, `odd`, or a failure."""
    try:
        bare = _train(case)
    except Exception as error:
        return "not made", f"{type(error).__name__}: {str(error).partition(chr(10))[0][:100]}"
    try:
        recorded, trace = _record(case)
    except TimeoutError as error:
        return "slow", str(error)
    except Exception as error:
        return "RAISED", f"{type(error).__name__}: {error}"
    if not _same(bare, recorded):
        repeats = all(_same(bare, _train(case)) for _ in range(_REPEATS))
        return ("OTHER BITS", "") if repeats else ("odd", "bare, it does not repeat itself")
    return _judge_books(case, trace)


def _judge_books(case: Case, trace: Any) -> tuple[str, str]:
    updates = [update for update in trace.updates if update.is_complete]
    if not updates:
        return ("unseen", case.unseen) if case.unseen else ("NOTHING SEEN", "")
    for update in updates:
        for books in (update.grad_books, update.value_books):
            if books.is_known and not books.is_balanced:
                names = [
                    row.name for row in update.rows.values()
                    if not (row.grad_books.is_balanced and row.value_books.is_balanced)
                ]  # fmt: skip
                return "UNBALANCED", f"update {update.index}: {books} of {', '.join(names[:3])}"
    return "same", ""


def _train(case: Case) -> list[Tensor]:
    return _run(case, nullcontext(), SECONDS)[0]


def _record(case: Case) -> tuple[list[Tensor], Any]:
    return _run(case, backtrace.record(), 3 * SECONDS)


def _run(case: Case, context: Any, seconds: int) -> tuple[list[Tensor], Any]:
    torch.manual_seed(0)
    random.seed(0)
    with _limit(seconds), _quiet(), context as trace:
        found = case.train()
    return [*found, torch.get_rng_state()], trace


@contextmanager
def _limit(seconds: int) -> Iterator[None]:
    """Raise TimeoutError where a training takes too long."""

    def stop(*_: object) -> None:
        raise TimeoutError("it takes too long")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _quiet() -> Iterator[None]:
    """Say nothing of what libraries warn of."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _same(one: Sequence[Tensor], other: Sequence[Tensor]) -> bool:
    return len(one) == len(other) and all(map(_same_bits, one, other))


def _same_bits(one: Tensor, other: Tensor) -> bool:
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    one, other = (x.to_dense() if x.layout is not torch.strided else x for x in (one, other))
    if one.dtype.is_complex:
        one, other = torch.view_as_real(one), torch.view_as_real(other)
    return (
        torch.equal(one.contiguous().view(torch.uint8), other.contiguous().view(torch.uint8))
        if (one.dim())
        else torch.equal(one.reshape(1).view(torch.uint8), other.reshape(1).view(torch.uint8))
    )


def all_cases(count: int, seed: int) -> Iterator[Case]:
    """Give everything that is to be tried."""
    chance = random.Random(seed)
    numbers = (chance.randrange(10**9) for _ in range(count))
    return chain(
        odd_cases(), map(random_case, numbers), transformers_cases(), geometric_cases(),
        timm_cases(),
    )  # fmt: skip


def main() -> int:
    """Try them, and say what came of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--random", type=int, default=800, help="how many random networks")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help="the family to try")
    parser.add_argument("--list", action="store_true", help="name also what could not be made")
    parser.add_argument("--seconds", type=float, default=1e9, help="begin nothing after so many")
    options = parser.parse_args()
    start, counts, failed = time.perf_counter(), Counter[tuple[str, str]](), 0
    for case in all_cases(options.random, options.seed):
        if options.only not in (None, case.family):
            continue
        if time.perf_counter() - start > options.seconds:
            counts["all", "left out for lack of time"] += 1
            continue
        found, more = judge(case)
        counts[case.family, found] += 1
        failed += found.isupper()
        if (
            found.isupper()
            or found in ("odd", "slow", "unseen")
            or (options.list and found != "same")
        ):
            print(f"{found}: {case.family}, {case.name}: {more}", flush=True)
    for (family, found), count in sorted(counts.items()):
        print(f"{family:16} {found:26} {count:5}")
    seconds = time.perf_counter() - start
    same = sum(count for (_, found), count in counts.items() if found == "same")
    print(f"{same} of the same bits with balanced books, {failed} not, {seconds:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
