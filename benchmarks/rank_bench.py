"""The bench of ranks: distributed bugs, their mended twins and correct scripts, on two processes.

    python benchmarks/rank_bench.py [-j N] [--all] [--only NAME …]

Runs every script under tests/ranks/scripts by `backtrace run` on two ranks, gloo on the CPU. A bug
is found when one of the codes that it expects is among the errors and warnings; of those found it
is counted where the rank, the parameter and the update are the expected ones. An error or warning
on a twin or a correct script is a false alarm, and ends the bench with 1. `--all` prints a line
per script.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "ranks"))

from rank_scripts import RankScript, judge, read_scripts, run_ranks  # noqa: E402

from backtrace.diagnose.rule import Finding  # noqa: E402


@dataclass(frozen=True)
class Result:
    """One script: its errors and warnings, how its ranks ended, and what was right of it."""

    script: RankScript
    alarms: tuple[Finding, ...]
    codes: tuple[int, ...]
    failed: str = ""

    @property
    def named(self) -> Finding | None:
        """The finding that names the bug."""
        expected = self.script.expected
        codes = expected.codes if expected is not None else ()
        return next((each for each in self.alarms if each.code in codes), None)

    @property
    def has_rank(self) -> bool:
        """Whether it tells the rank."""
        expected, found = self.script.expected, self.named
        if expected is None or found is None:
            return False
        return f"rank {expected.rank}" in f"{found.message} {dict(found.evidence)}"

    @property
    def has_parameter(self) -> bool:
        """Whether it tells the parameter."""
        expected, found = self.script.expected, self.named
        if expected is None or found is None:
            return False
        return any(expected.parameter in name for name in found.parameters)

    @property
    def has_update(self) -> bool:
        """Whether it tells the first update."""
        expected, found = self.script.expected, self.named
        return expected is not None and found is not None and found.update == expected.update


def try_script(script: RankScript, folder: str) -> Result:
    """Run one script on two ranks, and judge what they wrote."""
    trace, codes = run_ranks(script, Path(folder))
    try:
        return Result(script, judge(trace).alarms, tuple(codes))
    except Exception as error:
        return Result(script, (), tuple(codes), f"{type(error).__name__}: {error}")


def tabulate(results: Sequence[Result]) -> str:
    """Return the counts, a line each."""
    bugs = [each for each in results if each.script.expected is not None]
    named = [each for each in bugs if each.named is not None]
    twins = [each for each in results if each.script.name.endswith("_fixed")]
    right = [each for each in results if each.script.name.startswith("right_")]
    with_rank = [each for each in named if each.script.expected and each.script.expected.rank]
    with_name = [each for each in named if each.script.expected and each.script.expected.parameter]
    with_update = [each for each in named if each.script.expected and each.script.expected.update]
    return "\n".join(
        f"{text:32} {count} of {of}"
        for text, count, of in (
            ("bugs with an error or warning", sum(bool(each.alarms) for each in bugs), len(bugs)),
            ("bugs named", len(named), len(bugs)),
            ("right rank", sum(each.has_rank for each in with_rank), len(with_rank)),
            ("right parameter", sum(each.has_parameter for each in with_name), len(with_name)),
            ("right first update", sum(each.has_update for each in with_update), len(with_update)),
            ("twins with an alarm", sum(bool(each.alarms) for each in twins), len(twins)),
            ("correct scripts with an alarm", sum(bool(each.alarms) for each in right), len(right)),
        )
    )


def describe(result: Result) -> str:
    """Return a line on one script."""
    found = ", ".join(f"{each.code} at update {each.update}" for each in result.alarms)
    wrong = result.failed or ("" if not any(result.codes) else f"ended with {result.codes}")
    return f"{result.script.name}: {found or 'quiet'} {wrong}".rstrip()


def is_wrong(result: Result) -> bool:
    """Whether a correct script failed or has an alarm."""
    return result.script.expected is None and bool(
        result.alarms or result.failed or any(result.codes)
    )


def main() -> int:
    """Run the bench and print the counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-j", type=int, default=1, metavar="N", help="scripts at a time")
    parser.add_argument("--all", action="store_true", help="a line per script")
    parser.add_argument("--only", nargs="*", default=(), metavar="NAME", help="these scripts")
    options = parser.parse_args()
    scripts = [each for each in read_scripts() if not options.only or each.name in options.only]
    results = []
    fork = multiprocessing.get_context("fork")  # torch is imported once
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(options.j, mp_context=fork) as pool,
    ):
        for result in pool.map(try_script, scripts, [folder] * len(scripts)):
            results.append(result)
            is_missed = result.script.expected is not None and result.named is None
            if options.all or is_missed or is_wrong(result):
                print(describe(result), flush=True)
    print(tabulate(results))
    return int(any(is_wrong(each) for each in results))


if __name__ == "__main__":
    sys.exit(main())
