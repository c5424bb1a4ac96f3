"""`pytest --backtrace configs/`: each config is a test, held to what `backtrace check` holds it.

Without the flag nothing of ours is imported but this file, and with it no torch: each test runs
in a process of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest._code.code import ReprFileLocation, TerminalRepr
from _pytest._io import get_terminal_width

if TYPE_CHECKING:
    from _pytest._io import TerminalWriter

    from backtrace.check.outcome import Outcome

_SECTION = re.compile(r"^(model|loss|optimizer|data)[ \t]*:", re.MULTILINE)
_TIMEOUT = 300.0
_WIDEST = 100  # columns of what is wrong with a target


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("backtrace", "checks of training configs")
    group.addoption(
        "--backtrace",
        action="store_true",
        help="collect backtrace configs (*.yaml) as tests",
    )
    group.addoption(
        "--backtrace-limit",
        type=int,
        metavar="N",
        help="updates of each; all, or what a config expects, by default",
    )
    group.addoption(
        "--backtrace-timeout",
        type=float,
        default=_TIMEOUT,
        metavar="SECONDS",
        help=f"how long each may take; {_TIMEOUT:g} by default",
    )
    group.addoption(
        "--backtrace-allow-synthetic",
        action="store_true",
        help="made-up data where a data set is missing",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ConfigFile | None:
    """Collect a YAML file that is named, or that looks like a config where a folder is."""
    if file_path.suffix not in (".yaml", ".yml") or not parent.config.getoption("--backtrace"):
        return None
    is_named = parent.session.isinitpath(file_path)
    if is_named or is_config(file_path):
        return ConfigFile.from_parent(parent, path=file_path)
    return None


def is_config(path: Path) -> bool:
    """Whether a YAML file has at least two of the sections that a config needs."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return len(set(_SECTION.findall(text))) >= 2


class ConfigFile(pytest.File):
    """A config."""

    def collect(self) -> Iterator[ConfigItem]:
        """Give its one test."""
        yield ConfigItem.from_parent(self, name="backtrace")


class NotInOrderError(Exception):
    """A config has findings, misses an expectation, or could not be run."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(outcome.target)


class _Details(TerminalRepr):
    """What is wrong with a target; the short summary has it in one line."""

    def __init__(self, outcome: Outcome, path: Path) -> None:
        from backtrace.check.wording import reason_in_short

        self._outcome = outcome
        self.reprcrash = ReprFileLocation(str(path), 1, reason_in_short(outcome))

    def toterminal(self, tw: TerminalWriter) -> None:
        """Write it."""
        from backtrace.check.terminal import details_text

        for line in details_text(self._outcome, min(_WIDEST, tw.fullwidth)).splitlines():
            tw.line(line)


@pytest.fixture
def backtrace_check(request: pytest.FixtureRequest) -> Callable[..., Outcome]:
    """Give a function that checks a config or a script, as a command line names it.

    `backtrace_check("train.py --epochs 1", limit=5, ignore=["BT204"])` fails the test for whatever
    `backtrace check` would fail for, and returns the outcome. It needs no `--backtrace`.
    """
    from backtrace.check.run import CheckOptions, run_targets
    from backtrace.check.targets import find_targets
    from backtrace.check.terminal import details_text
    from backtrace.check.wording import reason_in_short

    def check(target: str, *, limit: int | None = None, ignore: Sequence[str] = ()) -> Outcome:
        timeout = request.config.getoption("--backtrace-timeout")
        options = CheckOptions(limit=limit, ignore=tuple(ignore), parallel=1, timeout=timeout)
        (outcome,) = run_targets(find_targets([target]), options)
        if outcome.status != "passed":
            told = details_text(outcome, min(_WIDEST, get_terminal_width()))
            pytest.fail(f"{reason_in_short(outcome)}\n{told}", pytrace=False)
        return outcome

    return check


class ConfigItem(pytest.Item):
    """Runs a config as `backtrace check` does."""

    def runtest(self) -> None:
        """Run it in a process of its own.

        Raises:
            NotInOrderError: it has findings, misses an expectation, or could not be run.
        """
        from backtrace.check.run import CheckOptions, run_targets
        from backtrace.check.targets import Target, relative

        option = self.config.getoption
        options = CheckOptions(
            limit=option("--backtrace-limit"),
            allow_synthetic=option("--backtrace-allow-synthetic"),
            parallel=1,
            timeout=option("--backtrace-timeout"),
        )
        target = Target(relative(self.path), str(self.path), "config")
        (outcome,) = run_targets([target], options)
        if outcome.status != "passed":
            raise NotInOrderError(outcome)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *rest: Any) -> Any:
        """Show what is wrong, as `backtrace check` does."""
        if not isinstance(excinfo.value, NotInOrderError):
            return super().repr_failure(excinfo, *rest)
        return _Details(excinfo.value.outcome, self.path)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where it is."""
        return self.path, 0, f"backtrace: {self.path.name}"
