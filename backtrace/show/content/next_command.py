"""The command worth typing next, chosen by what was seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Literal

from backtrace.language import localized
from backtrace.ledger.late_rows import BriefColumns, brief_columns
from backtrace.ledger.updates import Update
from backtrace.printable import shell_word

if TYPE_CHECKING:
    from backtrace.diagnose.diagnose import Diagnosis
    from backtrace.diagnose.rule import Finding

Subject = Literal["config", "script", "trace"]
_NO_GRADIENT = "BT204"  # a graph shows where it was cut


@dataclass(frozen=True)
class Shown:
    """What a screen was about, in the words typed: a config, a script with arguments, a trace file.

    `file` is the trace file that was written beside it, `by_term` whether terms stand apart,
    `has_page` whether a trace's report is what was just written.
    """

    kind: Subject
    words: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    file: str = ""
    by_term: bool = False
    has_page: bool = False


@dataclass
class SeenUpdates:
    """Of all updates: the most backwards in one, whether the loss was a mix, and what went wrong.

    `nonfinite` is the first number of a trace that is not finite, as `why` takes it; `jumped` the
    first value that changed by more than its norm, and in which update.
    """

    most_backwards: int = 0
    is_mix: bool = False
    nonfinite: str = ""
    jumped: tuple[str, int] | None = None

    def take(self, update: Update) -> None:
        """Look at one update."""
        count = sum(call.name == "backward" for call in update.calls)
        self.most_backwards = max(self.most_backwards, count)
        self.is_mix = self.is_mix or len(update.terms) > 1
        if not self.nonfinite:
            self._look(brief_columns(update.rows), update.index)

    def _look(self, rows: BriefColumns, number: int) -> None:
        read = filter(None, (*rows.grads, *rows.afters))
        is_finite = not any(map(attrgetter("nonfinite"), read))
        if is_finite and self.jumped is not None:
            return
        for name, kind, grad, value, change, after in zip(*rows, strict=True):
            if kind == "input":
                continue
            if grad is not None and grad.nonfinite:
                self.nonfinite = self.nonfinite or f"{name}.grad"
            elif after is not None and after.nonfinite:
                self.nonfinite = self.nonfinite or name
            elif self.jumped is None and change is not None and value is not None:
                self.jumped = (name, number) if change.norm > value.norm > 0 else None


def _join(words: Iterable[str]) -> str:
    """Return words as a shell takes them."""
    return " ".join(map(shell_word, words))


def next_command(shown: Shown, diagnosis: Diagnosis | None, seen: SeenUpdates) -> str:
    """Return a command with what it is for after a `#`."""
    command, mark, why = _choose(shown, diagnosis, seen).partition("  # ")
    return f"{command}{mark}{localized(why)}"


def _choose(shown: Shown, diagnosis: Diagnosis | None, seen: SeenUpdates) -> str:
    codes = [] if diagnosis is None else [finding.code for finding in diagnosis.alarms]
    target = _join(shown.words)
    file = target if shown.kind == "trace" else _join([shown.file]) if shown.file else ""
    if file and (asked := _ask_why(file, codes, seen)):
        return asked
    if shown.kind == "trace":
        return _after_trace(target, codes, has_page=shown.has_page)
    if diagnosis is not None and codes:
        return _after_findings(shown, diagnosis.alarms)
    if shown.kind == "script":
        return _after_script(shown, has_stepped=diagnosis is None or diagnosis.updates > 0)
    if shown.file:
        return _walk_through(_join([shown.file]))
    return _after_config(target, seen, by_term=shown.by_term)


def after_picked(shown: Shown, update: int, name: str) -> str:
    """Return what shows the books of one row that was picked."""
    file = _join(shown.words)
    why = localized("the first of them")
    return f"backtrace show {file} --update {update} --param {_join([name])}  # {why}"


def after_none(shown: Shown, column: str) -> str:
    """Return what shows the rows that come nearest to a condition that none meets."""
    why = localized("those that come nearest")
    return f"backtrace show {_join(shown.words)} --sort {column}  # {why}"


def _ask_why(file: str, codes: list[str], seen: SeenUpdates) -> str:
    """Return what asks a trace for the history of the number that went wrong; '' for none."""
    if seen.nonfinite:
        until = "--until first-nonfinite  # which call made it, and out of what"
        return f"backtrace why {file} {_join([seen.nonfinite])} {until}"
    if codes and seen.jumped is not None:
        name, number = seen.jumped
        return f"backtrace why {file} {_join([name])} --update {number}  # what made it jump"
    return ""


def _after_script(shown: Shown, *, has_stepped: bool) -> str:
    words = _join((*shown.words, *shown.arguments))
    if not has_stepped:
        return f"python {words}  # does it reach a step without backtrace?"
    if shown.file:
        return _walk_through(_join([shown.file]))
    return f"backtrace run -o run.trace {words}  # keep it, to look at it later"


def _walk_through(target: str) -> str:
    return f"backtrace show {target} --tui  # walk through it call by call"


def _after_trace(target: str, codes: list[str], *, has_page: bool) -> str:
    if codes:
        return _tell_rule(codes[0])
    if has_page:
        return _walk_through(target)
    return f"backtrace report {target} -o report.html  # the whole run on one page"


def _tell_rule(code: str) -> str:
    return f"backtrace rules {code}  # what that finding means"


def _after_findings(shown: Shown, alarms: Sequence[Finding]) -> str:
    from backtrace.diagnose.cures import cures_of  # loads the rules, which have judged by now

    target, codes = _join(shown.words), [finding.code for finding in alarms]
    if shown.kind == "config" and _NO_GRADIENT in codes:
        return f"backtrace graph {target}  # where the graph was cut"
    if not cures_of(alarms):
        return _tell_rule(codes[0])
    rest = _join(("--", *shown.arguments)) if shown.arguments else ""
    return f"backtrace prove {target} {rest}".rstrip() + "  # try each cure on the running loop"


def _after_config(target: str, seen: SeenUpdates, *, by_term: bool) -> str:
    if seen.most_backwards > 1:
        return f"backtrace compare {target} --accumulate 1  # does accumulation matter?"
    if seen.is_mix and not by_term:
        return f"backtrace run {target} --by-term  # what each loss term adds"
    return f"backtrace explain {target}  # why a gradient is that number"
