"""What a diagnosis says, in words that every form of it uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from backtrace.language import localized, translated
from backtrace.show.content.cells import literal, number
from backtrace.show.content.counted import counted

if TYPE_CHECKING:
    from backtrace.diagnose.causes import Cause
    from backtrace.diagnose.diagnose import Diagnosis
    from backtrace.diagnose.rule import Finding, NotChecked

FOREMOST = 3  # findings that are told in full
_MOST_NAMES = 3
_MOST_REASONS = 3


def verdict_text(diagnosis: Diagnosis) -> str:
    """Return the verdict in one line, and which rules broke down: theirs is not known."""
    verdict = _found_text(diagnosis)
    failed = codes_of(each for each in diagnosis.not_checked if each.has_failed)
    if not failed:
        return verdict
    rules = counted(len(failed), "rule")
    return localized(f"{verdict} {rules} failed and could not judge: {names_text(failed)}.")


def _found_text(diagnosis: Diagnosis) -> str:
    """Return how many errors and warnings there are, in how many updates."""
    updates = _updates_text(diagnosis)
    alarms = diagnosis.alarms
    if not diagnosis.updates and not diagnosis.findings:
        return localized("No update was seen: there is nothing to judge.")
    if not alarms:
        return localized(
            f"Only notes in {updates}." if diagnosis.notes else f"No findings in {updates}."
        )
    errors = sum(finding.severity == "error" for finding in alarms)
    parts = [
        counted(count, word)
        for count, word in ((errors, "error"), (len(alarms) - errors, "warning"))
        if count
    ]
    first = min(finding.in_run or finding.update for finding in alarms)
    told = translated(" and ").join(parts)
    if not diagnosis.updates:
        return localized(f"{told}, and no update was seen.")
    return localized(f"{told} in {updates}, the first at update {first}.")


def _updates_text(diagnosis: Diagnosis) -> str:
    """Return how many updates were looked at, and of how many where some were not read."""
    total = counted(diagnosis.updates, "update")
    if not diagnosis.unread:
        return total
    return localized(f"the {diagnosis.updates - diagnosis.unread} of {total} that were read")


def place_text(finding: Finding) -> str:
    """Return `error BT101 never-cleared · update 2 · train.py:14 · fc.weight, fc.bias`."""
    parts = [
        f"{translated(finding.severity)} {finding.code} {finding.pattern}",
        _update_text(finding),
        literal(finding.where),
        names_text(finding.parameters),
    ]
    return " · ".join(filter(None, parts))


def _update_text(finding: Finding) -> str:
    if finding.in_run in (None, finding.update):
        return localized(f"update {finding.update}")
    return localized(f"update {finding.update} of its optimizer, {finding.in_run} of the run")


def evidence_text(finding: Finding) -> str:
    """Return the numbers that show it: `left from before 0.5, read by step 1.25`.

    The last count of a part of a long run says of which: `calls 100 (in updates 1 to 100)`.
    """
    told = {name: f"{localized(literal(name))} {_value_text(value)}"
            for name, value in finding.evidence.items()}  # fmt: skip
    if finding.counted is not None:
        from backtrace.diagnose.counts import counted_names

        first, last = finding.counted
        *_, name = counted_names(finding.code, finding.evidence)
        told[name] = localized(f"{told[name]} (in updates {first} to {last})")
    return translated(", ").join(told.values())


def explained_text(cause: Cause) -> str:
    """Return what a finding explains: `explains BT502 exploding-gradients (update 5)`."""
    found: dict[str, int] = {}
    for finding in cause.explains:
        key = f"{finding.code} {finding.pattern}"
        found[key] = min(finding.update, found.get(key, finding.update))
    told = translated(", ").join(
        localized(f"{name} (update {update})") for name, update in found.items()
    )
    return localized(f"explains {told}") if told else ""


def fix_text(finding: Finding) -> str:
    """Return what to write instead, and where."""
    where = f" ({literal(finding.where)})" if finding.where else ""
    return f"{localized(literal(finding.fix))}{where}"


def checked_text(diagnosis: Diagnosis, *, notes: bool = False) -> str:
    """Return how many rules were checked and how many were not, and what is not shown."""
    rules = counted(len(diagnosis.checked), "rule")
    missing = len({each.code for each in diagnosis.not_checked})
    parts = [localized(f"{rules} checked, {missing} not" if missing else f"{rules} checked")]
    if diagnosis.kept is not None:
        read = counted(diagnosis.updates - diagnosis.unread, "update")
        parts.append(localized(f"in detail on {diagnosis.kept} of {read}, by totals on the others"))
    if diagnosis.muted:
        parts.append(localized(f"{counted(len(diagnosis.muted), 'finding')} turned off"))
    if diagnosis.notes and not notes:
        parts.append(localized(f"{counted(len(diagnosis.notes), 'note')} (--notes shows them)"))
    return translated("{parts}.").format(parts=translated("; ").join(parts))


def reason_texts(not_checked: Sequence[NotChecked], most: int | None = _MOST_REASONS) -> list[str]:
    """Return why rules were not checked, a reason with all its rules; failed rules are first."""
    found: dict[str, list[str]] = {}
    for each in sorted(not_checked, key=lambda each: not each.has_failed):
        found.setdefault(each.reason, []).append(each.code)
    texts = [
        f"{localized(literal(reason))} ({', '.join(codes)})" for reason, codes in found.items()
    ]
    if most is None or len(texts) <= most:
        return texts
    rest = sorted({code for codes in list(found.values())[most:] for code in codes})
    return [*texts[:most], localized(f"for other reasons ({', '.join(rest)})")]


def names_text(names: Sequence[str]) -> str:
    """Return the first few names, and how many more there are."""
    shown = ", ".join(map(literal, names[:_MOST_NAMES]))
    rest = len(names) - _MOST_NAMES
    return localized(f"{shown} and {rest} more") if rest > 0 else shown


def codes_of(findings: Iterable[Finding | NotChecked]) -> list[str]:
    """Return the codes, each once."""
    return list(dict.fromkeys(finding.code for finding in findings))


def message_text(finding: Finding) -> str:
    """Return what happened, in one sentence."""
    return localized(literal(finding.message))


def _value_text(value: float | int | str) -> str:
    if isinstance(value, float):
        return number(value)
    return literal(str(value))
