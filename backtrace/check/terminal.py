"""What `check` prints: a line per target as it ends, what is wrong with some, and a total."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.status import Status
from rich.text import Text

from backtrace.check.outcome import Outcome
from backtrace.check.outcome import Status as State
from backtrace.check.targets import Target, relative
from backtrace.check.wording import STATES, describe_target, describe_total, describe_unchecked
from backtrace.diagnose.cures import cures_of
from backtrace.language import localized, localized_line, translated
from backtrace.ledger.trace import Header
from backtrace.printable import literal_lines
from backtrace.show.content.cells import literal
from backtrace.show.content.counted import counted
from backtrace.show.content.diagnosis import codes_of
from backtrace.show.content.next_looks import after_checks, after_no_check
from backtrace.show.source_line import SourceLines
from backtrace.show.text.findings import findings_table, hint_text, print_command
from backtrace.show.text.layout import padded
from backtrace.show.text.unpadded import Unpadded

_STYLES: dict[State, str] = {"passed": "green", "failed": "bold red", "broken": "bold magenta"}
_WIDEST = 60


class Terminal:
    """Prints on a console; where that is a terminal, its last line says what is running."""

    def __init__(self, console: Console, names: Sequence[str]) -> None:
        self._console = console
        self._width = min(_WIDEST, max(map(len, names), default=0))
        self._count = len(names)
        self._done = 0
        self._status = Status("", console=console) if console.is_terminal else None

    def __enter__(self) -> Terminal:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._status is not None:
            self._status.stop()

    def tell_running(self, names: Sequence[str]) -> None:
        """Say which targets run."""
        if self._status is not None:
            shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
            self._status.update(Text(f"{self._done} of {self._count} · {literal(shown)}"))

    def print_line(self, outcome: Outcome) -> None:
        """Print the line of a target that is done."""
        self._done += 1
        line = Text()
        line.append(f"{padded(translated(outcome.status), 6)}  ", style=_STYLES[outcome.status])
        line.append(f"{literal(outcome.target):<{self._width}}")
        line.append(f"  {outcome.seconds:5.1f} s  ", style="dim")
        line.append(describe_target(outcome))
        self._console.print(line, soft_wrap=True)

    def print_details(self, outcomes: Sequence[Outcome]) -> None:
        """Print what is wrong with those that are not in order."""
        shown = [outcome for outcome in outcomes if not outcome.is_clean]
        codes = [code for each in shown for code in codes_of(each.diagnosis.alarms)]
        is_shared = sum(bool(each.diagnosis.alarms) for each in shown) > 1
        for outcome in shown:
            self._console.print()
            print_details(self._console, outcome, has_hints=not is_shared)
        if is_shared:
            self._console.print()
            self._console.print(Text(hint_text(codes[0]), style="dim"))

    def print_interrupted(self, outcomes: Sequence[Outcome]) -> None:
        """Print what was found before Ctrl-C, and of how many targets."""
        self.print_details(outcomes)
        line = localized(f"Interrupted: {self._done} of {self._count} checked.")
        self._console.print()
        self._console.print(Text(line, style="bold"), soft_wrap=True)

    def print_total(self, outcomes: Sequence[Outcome], seconds: float) -> None:
        """Print the last line."""
        self._console.print()
        self._console.print(Text(describe_total(outcomes, seconds), style="bold"), soft_wrap=True)
        for line in describe_unchecked(outcomes):
            self._console.print(Text(line, style="dim"), soft_wrap=True)


def details_text(outcome: Outcome, width: int = 100) -> str:
    """Return what `print_details` prints, as plain text."""
    stream = StringIO()
    plain = Console(
        file=stream, width=width, color_system=None, highlight=False, markup=False, emoji=False
    )
    print_details(plain, outcome)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


def print_details(console: Console, outcome: Outcome, *, has_hints: bool = True) -> None:
    """Print all that is wrong with a target, under its name; `has_hints` as in `findings_table`."""
    head = Text(f"── {literal(outcome.target)}", style="bold")
    console.print(
        head.append(f" · {translated(STATES[outcome.status])}", style="not bold"), soft_wrap=True
    )
    if outcome.error:
        _print_lines(console, _in_language(outcome.error))
        if outcome.output:
            console.print(Text(f"   {localized('What it wrote last:')}", style="dim"))
            _print_lines(console, outcome.output, "dim")
    for missed in outcome.missed:
        _print_lines(console, _in_language(f"{missed.key}: {missed.message}"))
        _print_lines(console, missed.where, "dim")
    if outcome.diagnosis.alarms:
        if outcome.missed or outcome.error:
            console.print()
        table = findings_table(outcome.diagnosis, has_hints=has_hints, read=_source_of(outcome))
        console.print(Unpadded(Padding(table, (0, 0, 0, 3))))


def _source_of(outcome: Outcome) -> Callable[[str], str] | None:
    """Return what reads a script's lines; a config's loop is ours, and its places are YAML."""
    if not outcome.path.endswith(".py"):
        return None
    return SourceLines(Header(), (Path.cwd(),)).read


def print_next(
    console: Console, targets: Sequence[Target], outcomes: Sequence[Outcome], *, can_prove: bool
) -> None:
    """Print what to type next: about the first with findings, else the first that fails."""
    found = [each for each in outcomes if each.diagnosis.alarms]
    failed = [each for each in outcomes if each.status != "passed"]
    chosen = (found or failed or list(outcomes))[0]
    target = next(each for each in targets if each.name == chosen.target)
    word = target.name if target.kind == "config" else chosen.path
    alarms = chosen.diagnosis.alarms
    code = alarms[0].code if found else ""
    can_prove = can_prove and bool(alarms) and bool(cures_of(alarms))  # which loads the rules
    told = after_checks([word], target.arguments, code, can_prove=can_prove)
    print_command(console, told)


def print_unchanged(console: Console, texts: Sequence[str], count: int) -> None:
    """Print that none of the targets has changed, and what checks them all the same."""
    targets = counted(count, "target")
    console.print(localized(f"Of {targets}, none has changed: nothing was run."))
    print_command(console, after_no_check(list(map(_as_typed, texts))))


def _as_typed(text: str) -> str:
    """Return a target's text as it is typed here; a project's paths stand in full."""
    return relative(Path(text)) if Path(text).is_absolute() else text


def _in_language(text: str) -> str:
    return "\n".join(map(localized_line, text.split("\n")))


def _print_lines(console: Console, text: str, style: str = "") -> None:
    """Print text of several lines, indented, without what would steer a terminal."""
    for line in literal_lines(text).split("\n"):
        console.print(Text(f"   {line}", style=style), soft_wrap=True)
