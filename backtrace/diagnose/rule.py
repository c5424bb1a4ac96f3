"""What a rule is, and what it says: findings with evidence, or why it could not judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from backtrace.diagnose.needs import Need
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.printer import Printer
from backtrace.ledger.source_facts import Lone
from backtrace.printable import literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found.

    Args:
        code: the rule's code, `BT101`; `pattern` its name, `never-cleared`.
        message: one sentence in the user's own names: what happened.
        fix: one sentence: what to write instead, in the user's own names.
        update: the number of the update at which it could first be seen, from 1: of those of
            `optimizer`, or where it names none, of those of all.
        where: `file:line` of the call that went wrong, '' where that is not known.
        parameters: the names it concerns, in the model's order.
        optimizer: whose update it is, '' where it concerns none.
        evidence: the numbers that show it, by a name that a reader understands.
        counted: the first and the last of the updates that its counts are of, by all steps; None
            where they are of the whole run, or nothing was counted.
        in_run: the number of its update among those of all optimizers; None where that is the same,
            or not known.
    """

    code: str
    pattern: str
    severity: Severity
    message: str
    fix: str
    update: int
    where: str = ""
    parameters: tuple[str, ...] = ()
    optimizer: str = ""
    evidence: Mapping[str, float | int | str] = field(default_factory=dict)
    counted: tuple[int, int] | None = None
    in_run: int | None = None

    def __str__(self) -> str:
        where = f", {self.where}" if self.where else ""
        kind = f"{self.severity} {self.code} {self.pattern}"
        return literal(f"<{kind}, update {self.update}{where}: {self.message}>")

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        printer.text(str(self))


@dataclass(frozen=True, slots=True)
class NotChecked:
    """A rule that lacks what it needs says so; it never guesses that all is well.

    `has_failed` when the rule itself broke down, which is a mistake of ours.
    """

    code: str
    pattern: str
    reason: str
    has_failed: bool = False


Judgement = Finding | NotChecked


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as its file declares it; the page about it is the file's docstring.

    `diagnose` gives `check` only stretches that have what `needs` names. `cure` is the experiment
    that shows the mended loop, as `--with` takes it, '' where no experiment can: `{parameters}`
    stands for the finding's, `{evidence}` for a number of its evidence by that name. `told` is what
    the user tells a framework of it: a finding that would stand at the call which has the framework
    train stands at that line.
    """

    code: str
    pattern: str
    severity: Severity
    check: Callable[[Stretch], Iterator[Judgement]]
    page: str
    needs: tuple[Need, ...] = ()
    cure: str = ""
    told: tuple[Lone, ...] = ()

    def cure_of(self, finding: Finding) -> str:
        """Return the experiment that cures a finding; '' where there is none."""
        told = {name.replace(" ", "_"): value for name, value in finding.evidence.items()}
        try:
            return self.cure.format(parameters=",".join(finding.parameters) or "*", **told)
        except (KeyError, IndexError):  # the number is not known of this one
            return ""

    def found(
        self,
        message: str,
        fix: str,
        update: int,
        where: str = "",
        parameters: tuple[str, ...] = (),
        optimizer: str = "",
        **evidence: float | int | str,
    ) -> Finding:
        """Return a finding of this rule; evidence is given by name, `_` shown as a blank."""
        shown = {name.replace("_", " "): value for name, value in evidence.items()}
        return Finding(
            self.code, self.pattern, self.severity, message, fix, update, where, parameters,
            optimizer, shown,
        )  # fmt: skip

    def not_checked(self, reason: str) -> NotChecked:
        """Return that this rule could not judge."""
        return NotChecked(self.code, self.pattern, reason)
