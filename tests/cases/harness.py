"""Runs case scripts as a user's are run, and holds the diagnosis against what they expect.

A case opens with comments: `# expect: BT101 at update 2, BT203`, or `# expect: nothing`;
`# source: where this bug is known from`; optionally `# limit: 5`, after which many updates the
script is stopped, and `# also: BT502`, what may be found too but need not be. A code may be
expected with a severity: `BT106 warning`; `# never: BT202` may not even be a note. A script ends
well and a correct one steps, or says otherwise: `# ends: RuntimeError`, which only a bug may;
`# steps: none, because ...`. What imports a framework says so: `# needs: lightning`. Where the
line of the cause is not where it is noticed, `# line: optimizer = ` gives a part of the line at
which the first code that is expected must stand.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import random
import re
import runpy
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path

import numpy
import torch

import backtrace
from backtrace.diagnose.diagnose import Diagnosis, diagnose
from backtrace.diagnose.history import History
from backtrace.diagnose.rule import Finding
from backtrace.ledger.events import Event, StepTaken

FOLDER = Path(__file__).parent
ALARMS = ("error", "warning")


class _EnoughError(BaseException):
    """Stops a script that has made as many updates as its case wants to see."""


@dataclass(frozen=True)
class Expectation:
    """What a case says of itself: codes with the update of the first finding, or None.

    `needs` is the framework that it imports, '' where it needs none; `line` a part of the line
    at which the first of the codes stands, '' where it does not say.
    """

    codes: dict[str, int | None]
    severities: dict[str, str]
    also: frozenset[str]
    never: frozenset[str]
    source: str
    limit: int | None
    ends: str
    steps: str
    needs: str
    line: str


@dataclass(frozen=True)
class Outcome:
    """What a case did, what is said of it, and how it ended when that was an exception."""

    path: Path
    expected: Expectation
    events: list[Event]
    diagnosis: Diagnosis
    ended: str

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What all rules found."""
        return self.diagnosis.findings

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return sum(isinstance(event, StepTaken) for event in self.events)

    @property
    def first_updates(self) -> dict[str, int]:
        """The update of the first finding of each code, of the severity that is expected."""
        found: dict[str, int] = {}
        for finding in self.findings:
            if self.expected.severities.get(finding.code, finding.severity) != finding.severity:
                continue
            found[finding.code] = min(finding.update, found.get(finding.code, finding.update))
        return found

    @property
    def mistakes(self) -> list[str]:
        """In what the script or the findings are not as it says."""
        first, said = self.first_updates, self._faults()
        for code, update in self.expected.codes.items():
            if code not in first:
                said.append(f"{code} was expected and not found")
            elif update is not None and first[code] != update:
                said.append(f"{code} was expected at update {update}, found at {first[code]}")
        alarms = {each.code for each in self.findings if each.severity in ALARMS}
        for code in sorted(alarms - set(self.expected.codes) - self.expected.also):
            said.append(f"{code} was not expected")
        for code in sorted({each.code for each in self.findings} & self.expected.never):
            said.append(f"{code} was found, which is wrong here")
        return [*said, *self._misplaced()]

    def _misplaced(self) -> Iterator[str]:
        """Say of each finding of the first code that it stands at no line of the cause."""
        if not self.expected.line:
            return
        lines = self.path.read_text(encoding="utf-8").splitlines()
        code = next(iter(self.expected.codes))
        for finding in self.findings:
            place = finding.where.rpartition(":")[2]
            stands = lines[int(place) - 1] if place.isdecimal() else finding.where
            if finding.code == code and self.expected.line not in stands:
                yield f"{code} stands at `{stands.strip()}`, not at `{self.expected.line}`"

    def _faults(self) -> list[str]:
        """In what the script itself is no case of what it says."""
        said, ends = [], self.expected.ends
        if self.ended.partition(":")[0] != ends:
            said.append(f"it ended with {self.ended or 'no exception'}, not {ends or 'well'}")
        if not self.expected.codes and (self.steps == 0) != bool(self.expected.steps):
            said.append(f"it took {self.steps} steps")
        if not self.expected.codes and ends:
            said.append("what is correct does not end with an exception")
        return said

    def describe(self) -> str:
        """Return mistakes, findings, what was not checked and how the script ended, as text."""
        lines = [str(self.path), *(f"  wrong: {each}" for each in self.mistakes)]
        for each in self.findings:
            lines.append(
                f"  {each.code} {each.severity} at update {each.update}, {each.where}: "
                f"{each.message}"
            )
            lines.append(f"      {dict(each.evidence)} {each.parameters}")
        lines.extend(
            f"  {each.code} not checked: {each.reason}" for each in self.diagnosis.not_checked
        )
        lines.append(f"  {self.steps} steps, ended: {self.ended or 'well'}")
        return "\n".join(lines)


def find_cases(folder: Path = FOLDER) -> list[Path]:
    """Return every case, in order."""
    kinds = ("bug_", "fixed_", "clean_")
    return [path for path in sorted(folder.rglob("*.py")) if path.name.startswith(kinds)]


def read_expectation(path: Path) -> Expectation:
    """Read what a case says of itself in the comments that it opens with.

    Raises:
        ValueError: it has no `# expect:` line, or one that cannot be read.
    """
    said: dict[str, str] = {}
    lines = path.read_text(encoding="utf-8").splitlines()
    for line in takewhile(lambda line: line.startswith("#"), lines):
        if match := re.match(r"# (\w+): (.+)", line):
            said.setdefault(match[1], match[2].strip())
    codes: dict[str, int | None] = {}
    severities: dict[str, str] = {}
    for part in said.get("expect", "").split(","):
        match = re.fullmatch(r"(BT\d+)(?: (\w+))?(?: at update (\d+))?", part.strip())
        if match:
            codes[match[1]] = int(match[3]) if match[3] else None
            severities |= {match[1]: match[2]} if match[2] else {}
        elif said.get("expect") != "nothing":
            raise ValueError(f"{path}: no `# expect:` that can be read in the first lines")
    also, never = (frozenset(re.findall(r"BT\d+", said.get(key, ""))) for key in ("also", "never"))
    limit = int(said["limit"]) if "limit" in said else None
    stays = said.get("steps", "")
    if stays and not stays.startswith("none, because "):
        raise ValueError(f"{path}: `# steps:` says `none, because ...`")
    ends = said.get("ends", "")
    source = said.get("source", "")
    needs, line = said.get("needs", ""), said.get("line", "")
    return Expectation(codes, severities, also, never, source, limit, ends, stays, needs, line)


def is_ready(path: Path) -> bool:
    """Whether what a case needs besides torch is installed."""
    needs = read_expectation(path).needs
    return not needs or find_spec(needs) is not None


def judge_case(path: Path, around: Callable[[], None] = lambda: None) -> Outcome:
    """Run a case script as `__main__` in an empty folder, and have it diagnosed as any run is.

    `around` is called before it and after it, in the same run. Its output is swallowed, and so is
    the exception that it may end with. Nothing that it sets in torch, in the process or in
    `sys.modules` is left.
    """
    path = path.resolve()  # it runs in another folder
    expected = read_expectation(path)
    events: list[Event] = []
    history = History()
    steps, is_over = 0, False

    def take(event: Event) -> None:
        nonlocal steps
        events.append(event)
        history.take(event)
        steps += isinstance(event, StepTaken)
        if isinstance(event, StepTaken) and steps == expected.limit and not is_over:
            raise _EnoughError

    ended = ""
    with _kept_apart(path), backtrace.record(sink=take, by_term=True):
        around()
        steps = 0
        try:
            runpy.run_path(str(path), run_name="__main__")
        except _EnoughError:
            pass
        except SystemExit as error:
            ended = f"SystemExit: {error}" if error.code else ""
        except Exception as error:
            ended = f"{type(error).__name__}: {error}"
        is_over = True
        around()
    gc.collect(0)
    return Outcome(path, expected, events, diagnose(history.stretches()), ended)


@contextlib.contextmanager
def _kept_apart(path: Path) -> Iterator[None]:
    """Run what is inside seeded, silent and in a folder of its own, and put everything back."""
    main, argv, before = sys.modules["__main__"], sys.argv[:], Path.cwd()
    dtype, threads, is_enabled = (
        torch.get_default_dtype(),
        torch.get_num_threads(),
        torch.is_grad_enabled(),
    )
    torch.manual_seed(0)
    random.seed(0)
    numpy.random.seed(0)
    torch.set_num_threads(1)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
        os.chdir(folder)
        sys.argv[:] = [str(path)]
        try:
            yield
        finally:
            os.chdir(before)
            sys.argv[:] = argv
            sys.modules["__main__"] = main
            torch.set_default_dtype(dtype)
            torch.set_num_threads(threads)
            torch.set_grad_enabled(is_enabled)
