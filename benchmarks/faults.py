"""What becomes of a training when our own code fails: each call of it, one fault at a time.

    python benchmarks/faults.py [--seed N] [--most N]

First one run is traced, and every call that our code makes or takes is counted: the hooks,
sensors, kernels, the ledger, the rules, the views and the file's writer, and what they call in
torch, SQLite and Python. Then the training is run once for each of these places, and there the
call raises an exception, finds no memory or no disk, or hangs for a moment. Each time the bits
that were trained and the exit code must be those of the bare run, nothing may be left in torch,
and where the trace or the text is not that of a run without faults, the end must say so.
"""

from __future__ import annotations

import argparse
import errno
import io
import random
import re
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import torch

import backtrace
from backtrace.driver.options import RecordOptions
from backtrace.driver.script import Program, run_as_main
from backtrace.driver.sources.script import run_script
from backtrace.driver.view import View
from backtrace.show.options import Options
from backtrace.show.sinks.trace_file import FileOptions, recording_views
from backtrace.show.views import make_view

TRAINING = Path(__file__).with_name("faulty_training.py")
_PACKAGE = str(Path(backtrace.__file__).parent)
# Where the program's own calls pass through us, or where it is run: not calls of ours.
_PASSAGES = (
    "recording/hooks/error_boundary.py", "recording/hooks/function_swap.py",
    "recording/hooks/patches.py", "recording/hooks/global_hooks.py", "recording/hooks/limit.py",
    "recording/hooks/nesting.py", "recording/hooks/instrument.py", "recording/hooks/leaf_hooks.py",
    "driver/script.py", "driver/sources/script.py", "driver/tracebacks.py", "interrupts.py",
    "driver/source.py",
)  # fmt: skip
_AROUND = re.compile(r"(^|\.)_?around|\.install$|__init__$|__enter__$|__exit__$|<lambda>$")
SAID = (
    "not recorded", "could not be shown", "could not attach", "nothing was written", "is lost",
    "Not checked", "could not be judged",
)  # fmt: skip

Site = tuple[str, str, str]  # file, function, and what it calls ('' for its own call)


@dataclass(frozen=True)
class Fault:
    """The `at`-th call at a site, and what happens there."""

    site: Site
    at: int
    kind: str

    def __str__(self) -> str:
        file, function, called = self.site
        inner = f" → {called}" if called else ""
        return f"{self.kind} at {file}:{function}{inner} (call {self.at})"


KINDS: dict[str, Callable[[], None]] = {}


def _kind(name: str, make: Callable[[], Exception]) -> None:
    def strike() -> None:
        raise make()

    KINDS[name] = strike


_kind("RuntimeError", lambda: RuntimeError("a fault"))
_kind("MemoryError", MemoryError)
_kind("disk full", lambda: OSError(errno.ENOSPC, "No space left on device"))
_kind("database full", lambda: sqlite3.OperationalError("database or disk is full"))
_kind("KeyError", lambda: KeyError("a fault"))
_kind("RecursionError", RecursionError)
KINDS["hang"] = lambda: time.sleep(0.005)


class Probe:
    """A profile function: counts calls of ours, or strikes at one of them."""

    def __init__(self, fault: Fault | None = None) -> None:
        self.counts: Counter[Site] = Counter()
        self.fault = fault
        self.has_struck = False
        self._files: dict[CodeType, str] = {}

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        """Take in what the interpreter tells of a call."""
        if event not in ("call", "c_call"):
            return
        code = frame.f_code
        file = self._files.get(code)
        if file is None:
            file = self._files[code] = _file_of(code)
        if not file:
            return
        name = getattr(code, "co_qualname", code.co_name)
        site = file, name, "" if event == "call" else argument.__name__
        self.counts[site] += 1
        fault = self.fault
        if fault is not None and site == fault.site and self.counts[site] == fault.at:
            self.has_struck = True
            sys.setprofile(None)
            KINDS[fault.kind]()


def _file_of(code: CodeType) -> str:
    """Return the file of code that may be struck, within the package; else ''."""
    file = code.co_filename.partition(" (")[0]
    if not file.startswith(_PACKAGE):
        return ""
    file = file[len(_PACKAGE) + 1 :]
    name = getattr(code, "co_qualname", code.co_name)
    return "" if file in _PASSAGES or _AROUND.search(name) else file


@dataclass
class Seen:
    """What a run came to."""

    result: Any
    code: int
    text: str
    events: list[str]
    unseen: list[str]


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


def run_bare() -> Any:
    """Train without us; return what came of it."""
    with _as_it_was():
        run_as_main(Program(str(TRAINING)))
        return sys.modules["__main__"].result  # type: ignore[attr-defined]


def run(path: Path, probe: Probe) -> Seen:
    """Train under the instrument, with a trace file and the lines that `run` shows."""
    errors, keeping = io.StringIO(), Keeping()
    result, code = None, -1
    with _as_it_was(), redirect_stderr(errors), redirect_stdout(io.StringIO()):
        views = [
            *recording_views(FileOptions(str(path), force=True), errors), keeping,
            make_view("brief", Options(stream=errors)),
        ]  # fmt: skip
        sys.setprofile(probe)
        try:
            code = run_script(
                Program(str(TRAINING)), views, RecordOptions(receipt=True), ignore=(), errors=errors
            )
        except Exception as error:
            errors.write(f"ESCAPED {type(error).__name__}: {error}")
        finally:
            sys.setprofile(None)
        result = getattr(sys.modules["__main__"], "result", None)
    return Seen(result, code, errors.getvalue(), keeping.events, keeping.unseen)


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


def plan(counts: Counter[Site], chance: random.Random) -> list[Fault]:
    """Return faults at every site: at its first call, its last and one between."""
    faults = []
    kinds = list(KINDS)
    for site in sorted(counts):
        count = counts[site]
        for at in sorted({1, count, chance.randint(1, count)}):
            faults.append(Fault(site, at, chance.choice(kinds)))
    return faults


def judge(seen: Seen, bare: Any, clean: Seen) -> str:
    """Return what is wrong with a run; '' where all is well."""
    if seen.result != bare:
        return "the training is another"
    if seen.code != clean.code:
        return f"the exit code is {seen.code}"
    if any("Error" in event for event in seen.events):  # in what stands in place of a receipt
        return ""
    is_whole = seen.events == clean.events and _timeless(seen.text) == _timeless(clean.text)
    if not is_whole and not seen.unseen and not any(word in seen.text for word in SAID):
        return "what is missing is not said"
    return ""


def _timeless(text: str) -> str:
    return " ".join(re.sub(r"[\d.]+ m?s\b", "", text).split())


def try_faults(seed: int, most: int | None) -> tuple[int, int, dict[str, str]]:
    """Return how many faults were tried, how many struck, and what was wrong."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.trace"
        bare = run_bare()
        run(path, Probe())  # pays for all imports
        clean = run(path, counting := Probe())
        faults = plan(counting.counts, chance)
        if most is not None:
            faults = chance.sample(faults, min(most, len(faults)))
        print(f"{len(counting.counts)} places", file=sys.stderr)
        struck, wrong = 0, {}
        for fault in faults:
            seen = run(path, probe := Probe(fault))
            struck += probe.has_struck
            found = judge(seen, bare, clean) if probe.has_struck else ""
            if found:
                wrong[str(fault)] = f"{found}: {seen.text[-300:]!r}"
    return len(faults), struck, wrong


def main() -> int:
    """Try the faults, and say what came of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, help="try a random choice of so many")
    options = parser.parse_args()
    start = time.perf_counter()
    tried, struck, wrong = try_faults(options.seed, options.most)
    for fault, found in wrong.items():
        print(f"{fault}\n    {found}")
    seconds = time.perf_counter() - start
    print(f"{struck} faults in {tried} runs, {len(wrong)} of them not borne, {seconds:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
