"""What becomes of a training when our own code fails: each call of it, one fault at a time.

    python benchmarks/faults.py [--seed N] [--most N] [--each N] [--together N] [--kind KIND]
                                [--more]

First one run is traced, and every call that our code makes or takes is counted: the hooks,
sensors, kernels, the ledger, the rules, the views and the file's writer, and what they call in
torch, SQLite and Python. Then the training is run once for each of these places, in a fork of
this process, and there the call raises an exception, finds no memory or no disk, or hangs for a
moment. Each time the bits that were trained and the exit code must be those of the bare run,
nothing may be left in torch, and where the trace or the text is not that of a run without faults,
the end must say so.

With `--together N` so many faults happen in one run, which is quicker, but one may speak for
another; where something is wrong, each is tried alone. Those that were not reached, because an
earlier one had ended what they are part of, are tried again with others, and at last alone.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from fault_probe import KINDS, CallCount, Fault, Site, Strike
from forks import run_in_forks

from backtrace.driver.options import RecordOptions
from backtrace.driver.script import Program, run_as_main
from backtrace.driver.sources.script import run_script
from backtrace.driver.view import View
from backtrace.show.options import Options
from backtrace.show.sinks.trace_file import FileOptions, recording_views
from backtrace.show.views import make_view
from backtrace.tracefile.capsule_options import CapsuleOptions

TRAINING = Path(__file__).with_name("faulty_training.py")
MORE = Path(__file__).with_name("faulty_training_more.py")  # and all that a run can record
torch.set_num_threads(1)  # else a fork waits for OpenMP's threads, which it does not have
SAID = (
    "not recorded", "could not be shown", "could not attach", "nothing was written", "is lost",
    "Not checked", "not checked", "could not be judged", "nothing was recorded",
    "--capsule: not kept",
)  # fmt: skip
_TRIES = 4  # for a fault that is not reached when others happen before it
_SLEEPERS = 4  # faults that hang, a core
_LONGEST = 240.0  # seconds of a run, on a machine that does other work


@dataclass
class Seen:
    """What a run came to."""

    result: Any
    code: int
    text: str
    events: list[str]
    unseen: list[str]
    left: list[str]


class Keeping(View):
    """Keeps what happened, but for the time that it took."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.unseen: list[str] = []

    def take_event(self, event: Any) -> None:
        """Keep the event; what is not seen, apart."""
        if type(event).__name__ == "Unseen":
            self.unseen.append(f"{event.what}: {event.reason}")
        else:
            self.events.append(repr(replace(event, elapsed=0.0, index=0)))


def run_bare(training: Path = TRAINING) -> Any:
    """Train without us; return what came of it."""
    with _as_it_was():
        run_as_main(Program(str(training)))
        return sys.modules["__main__"].result  # type: ignore[attr-defined]


def record_options(path: Path, training: Path, errors: io.StringIO) -> RecordOptions:
    """Return what is recorded: receipts, or everything."""
    if training != MORE:
        return RecordOptions(receipt=True)
    capsule = CapsuleOptions(path.with_suffix(".capsule"), 2, True, errors.write)
    return RecordOptions(
        receipt=True, by_term=True, digest=True, activations=True, graph=True, trace=str(path),
        capsule=capsule,
    )  # fmt: skip


def run(path: Path, probe: Callable[..., None] | None, training: Path = TRAINING) -> Seen:
    """Train under the instrument, with a trace file and the lines that `run` shows."""
    errors, keeping = io.StringIO(), Keeping()
    result, code = None, -1
    with _as_it_was(), redirect_stderr(errors), redirect_stdout(io.StringIO()):
        views = [
            *recording_views(FileOptions(str(path), force=True), errors), keeping,
            make_view("brief", Options(stream=errors)),
        ]  # fmt: skip
        recorded = record_options(path, training, errors)
        sys.setprofile(probe)
        try:
            code = run_script(
                Program(str(training)),
                views,
                recorded,
                ignore=(),
                errors=errors,
                fails_open=True,
            )
        except Exception as error:
            errors.write(f"ESCAPED {type(error).__name__}: {error}")
        finally:
            sys.setprofile(None)
        result = getattr(sys.modules["__main__"], "result", None)
    text = errors.getvalue().replace(str(path), "run.trace")
    left = [name for name, found in installed().items() if found != PRISTINE[name]]
    return Seen(result, code, text, keeping.events, keeping.unseen, left)


@contextmanager
def _as_it_was() -> Iterator[None]:
    main, path, argv = sys.modules["__main__"], sys.path[:], sys.argv
    generator, hook = torch.get_rng_state(), sys.unraisablehook
    sys.unraisablehook = lambda found: None  # a generator that is struck as it is closed
    try:
        yield
    finally:
        sys.unraisablehook = hook
        sys.modules["__main__"], sys.path[:], sys.argv = main, path, argv
        torch.set_rng_state(generator)


def _load_installed() -> Callable[[], dict[str, object]]:
    path = Path(__file__).parents[1] / "tests" / "untouched_torch.py"
    spec = importlib.util.spec_from_file_location("what_is_installed", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[], dict[str, object]] = module.installed
    return found


installed = _load_installed()
PRISTINE = installed()


def plan(
    counts: Counter[Site], chance: random.Random, each: int = 1, kind: str | None = None
) -> list[Fault]:
    """Return up to `each` faults at every site, of different kinds, at calls drawn by chance."""
    faults = []
    for site in sorted(counts):
        calls = range(1, counts[site] + 1)
        places = chance.sample(calls, min(each, len(calls)))
        kinds = [kind] * each if kind else chance.sample([*KINDS], each)
        faults += [Fault(site, at, one) for at, one in zip(places, kinds, strict=False)]
    return faults


def judge(seen: Seen, bare: Any, clean: Seen) -> str:
    """Return what is wrong with a run; '' where all is well."""
    if seen.result != bare:
        return "the training is another"
    if seen.code != clean.code:
        return f"the exit code is {seen.code}"
    if seen.left:
        return f"left in torch: {', '.join(seen.left)}"
    if any("Error" in event for event in seen.events):  # in what stands in place of a receipt
        return ""
    is_whole = seen.events == clean.events and _timeless(seen.text) == _timeless(clean.text)
    if not is_whole and not seen.unseen and not any(word in seen.text for word in SAID):
        return "what is missing is not said"
    return ""


def _timeless(text: str) -> str:
    return " ".join(re.sub(r"[\d.]+ m?s\b", "", text).split())


class Trials:
    """Runs with faults, each in a fork, and what came of them."""

    def __init__(self, folder: Path, training: Path = TRAINING) -> None:
        self._folder, self._training = folder, training
        self._bare = run_bare(training)
        run(folder / "first.trace", None, training)  # pays for all imports
        counting = CallCount()
        self._clean = run(folder / "clean.trace", counting, training)
        if training == MORE:  # only what the first training does not reach
            first = CallCount()
            run(folder / "first.trace", first)
            for site in first.counts:
                counting.counts.pop(site, None)
        self.counts = counting.counts
        self.struck: set[Fault] = set()
        self.wrong: dict[str, str] = {}
        self.runs = 0

    def try_all(self, groups: Sequence[Sequence[Fault]]) -> None:
        """Let the faults of each group happen in one run; where one is wrong, each alone."""
        suspects: list[Sequence[Fault]] = []
        cores = len(os.sched_getaffinity(0))
        hanging = [each for each in groups if any(f.kind == "hang" for f in each)]
        others = [each for each in groups if each not in hanging]
        for some, at_once in ((hanging, _SLEEPERS * cores), (others, cores)):
            for group, text in run_in_forks(self._try, some, at_once, _LONGEST):
                self.runs += 1
                died = text.startswith("!")
                struck, found = (len(group), text) if died else json.loads(text)
                self.struck |= {group[at] for at in struck} if not died else {*group}
                if found and len(group) == 1:
                    self._note(group, found)
                elif found:
                    suspects += [[each] for each in group]
                    self._note(group, found)
        if suspects:
            self.try_all(suspects)

    def _note(self, group: Sequence[Fault], found: str) -> None:
        name = "; ".join(map(str, group))
        self.wrong[name] = found
        print(f"{name}\n    {found}", flush=True)

    def _try(self, group: Sequence[Fault]) -> str:
        path = self._folder / f"{os.getpid()}.trace"
        strike = Strike(group)
        seen = run(path, strike, self._training)
        for each in self._folder.glob(f"{path.stem}*"):
            each.unlink()
        found = judge(seen, self._bare, self._clean) if strike.struck else ""
        if found:
            found += f": {seen.text[-300:]!r}"
        return json.dumps([[group.index(each) for each in strike.struck], found])


def try_faults(options: argparse.Namespace) -> Trials:
    """Return what came of the faults."""
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        trials = Trials(Path(folder), MORE if options.more else TRAINING)
        left = plan(trials.counts, chance, options.each, options.kind)
        if options.most is not None:
            left = chance.sample(left, min(options.most, len(left)))
        print(f"{len(trials.counts)} places, {len(left)} faults", file=sys.stderr)
        for size in [options.together] * _TRIES + [1] if options.together > 1 else [1]:
            chance.shuffle(left)
            trials.try_all([left[at : at + size] for at in range(0, len(left), size)])
            left = [each for each in left if each not in trials.struck]
            if not left:
                break
        for fault in left:
            print(f"not reached: {fault}")
    return trials


def main() -> int:
    """Try the faults, and say what came of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, help="try a random choice of so many")
    parser.add_argument("--each", type=int, default=1, help="up to so many at each place")
    parser.add_argument("--together", type=int, default=1, help="so many in a run")
    parser.add_argument("--kind", choices=KINDS, help="faults of this kind only")
    parser.add_argument("--more", action="store_true", help="another training, all recorded")
    options = parser.parse_args()
    start = time.perf_counter()
    trials = try_faults(options)
    places = len({each.site for each in trials.struck})
    print(
        f"{len(trials.struck)} faults at {places} places in {trials.runs} runs, "
        f"{len(trials.wrong)} of them not borne, {time.perf_counter() - start:.0f} s"
    )
    return 1 if trials.wrong else 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
