"""Known findings, accepted until they are mended: a file of fingerprints that outlive edits."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from backtrace.check.outcome import Outcome
from backtrace.diagnose.rule import Finding
from backtrace.errors import UsageError
from backtrace.printable import json_text

VERSION = 1


@dataclass(frozen=True, slots=True, order=True)
class Known:
    """What makes a finding the same one after lines have moved and numbers have changed."""

    target: str
    code: str
    optimizer: str
    parameters: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """A hash of it."""
        text = json.dumps([self.target, self.code, self.optimizer, list(self.parameters)])
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def identify(target: str, finding: Finding) -> Known:
    """Return what a finding is known by: its line, its numbers and its update are left out."""
    return Known(target, finding.code, finding.optimizer, tuple(sorted(finding.parameters)))


class Baseline:
    """Takes known findings out of outcomes, and remembers which came.

    A finding that comes more often than it is in the file is new.
    """

    def __init__(self, known: Iterable[Known] = (), *, is_open: bool = False) -> None:
        """`is_open` accepts everything, because the file is to be written anew."""
        self._known = Counter(known)
        self._left = Counter(self._known)
        self._is_open = is_open
        self._checked: set[str] = set()
        self._found: list[Known] = []

    @property
    def found(self) -> tuple[Known, ...]:
        """All that came: the file as it should be, with what is known of unchecked targets."""
        kept = [each for each in self._known.elements() if each.target not in self._checked]
        return tuple(sorted([*kept, *self._found]))

    @property
    def gone(self) -> tuple[Known, ...]:
        """What is in the file, and did not come in the targets that were checked."""
        left = self._left.elements()
        return tuple(sorted(known for known in left if known.target in self._checked))

    def accept(self, outcome: Outcome) -> Outcome:
        """Return an outcome without the findings that are known; those become its `accepted`."""
        if outcome.error:
            return outcome
        self._checked.add(outcome.target)
        accepted = []
        for finding in outcome.diagnosis.alarms:
            known = identify(outcome.target, finding)
            self._found.append(known)
            is_known = self._left[known] > 0
            self._left[known] -= is_known
            if is_known or self._is_open:
                accepted.append(finding)
        left = tuple(each for each in outcome.diagnosis.findings if each not in accepted)
        diagnosis = replace(outcome.diagnosis, findings=left)
        return replace(outcome, diagnosis=diagnosis, accepted=tuple(accepted))


def read_baseline(path: Path, *, is_open: bool = False) -> Baseline:
    """Return the baseline in a file; where it is to be written, there may be none yet.

    Raises:
        UsageError: there is no such file, or it is not a baseline.
    """
    try:
        document = json.loads(path.read_text("utf-8"))
        if document["version"] != VERSION:
            raise UsageError(
                f"{path}: version {document['version']} of a baseline, and this is backtrace for "
                f"version {VERSION}: write it anew with --write-baseline"
            )
        return Baseline([_read(each) for each in document["findings"]], is_open=is_open)
    except FileNotFoundError:
        if is_open:
            return Baseline(is_open=True)
        hint = "--write-baseline beside it makes it from what is found now"
        raise UsageError(f"--baseline {path}: there is no such file; {hint}") from None
    except OSError as error:
        raise UsageError(f"--baseline {path}: it cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        hint = "--write-baseline beside it makes one"
        raise UsageError(f"--baseline {path}: the file is not a baseline; {hint}") from None


def write_baseline(path: Path, known: Sequence[Known]) -> None:
    """Write a file, one finding a line, so that a change of it is read easily."""
    lines = [json_text(_write(each)) for each in known]
    body = ",\n    ".join(lines)
    findings = f"[\n    {body}\n  ]" if lines else "[]"
    path.write_text(
        f'{{\n  "version": {VERSION},\n  "findings": {findings}\n}}\n', encoding="utf-8"
    )


def _read(document: Any) -> Known:
    return Known(
        str(document["target"]),
        str(document["code"]),
        str(document.get("optimizer", "")),
        tuple(map(str, document.get("parameters", []))),
    )


def _write(known: Known) -> dict[str, object]:
    return {
        "target": known.target,
        "code": known.code,
        "optimizer": known.optimizer,
        "parameters": list(known.parameters),
    }
