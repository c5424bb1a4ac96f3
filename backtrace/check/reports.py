"""The files that `check` writes beside what it prints, and what it tells GitHub."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backtrace.check.baseline import Baseline, read_baseline, write_baseline
from backtrace.check.outcome import Outcome
from backtrace.errors import UsageError
from backtrace.language import using_language
from backtrace.show.content.counted import counted

_MOST_GONE = 5


@dataclass(frozen=True)
class Reports:
    """Where reports go, None for nowhere; `writes_baseline` writes that file instead of reading."""

    junit: Path | None = None
    sarif: Path | None = None
    baseline: Path | None = None
    writes_baseline: bool = False


def open_reports(reports: Reports) -> Baseline:
    """Read the baseline, and see that there is a place for each file before anything runs.

    Raises:
        UsageError: there is none.
    """
    if reports.writes_baseline and reports.baseline is None:
        raise UsageError("--write-baseline needs a file: --baseline known.json --write-baseline")
    written = {"--junit": reports.junit, "--sarif": reports.sarif}
    if reports.writes_baseline:
        written["--baseline"] = reports.baseline
    for option, path in written.items():
        if path is not None and path.is_dir():
            raise UsageError(f"{option} {path}: a folder is there; give a file")
        if path is not None and not path.parent.is_dir():
            raise UsageError(f"{option} {path}: there is no folder {path.parent}")
    if reports.baseline is None:
        return Baseline()
    return read_baseline(reports.baseline, is_open=reports.writes_baseline)


@using_language("en")
def write_reports(
    reports: Reports, outcomes: Sequence[Outcome], seconds: float, baseline: Baseline
) -> Iterator[str]:
    """Write every file that is wanted; give the lines to print behind the total.

    Raises:
        UsageError: files could not be written; the others are.
    """
    failed: list[str] = []
    if reports.junit is not None:
        from backtrace.check.junit import outcomes_to_junit

        with _noting("--junit", reports.junit, failed):
            reports.junit.write_text(outcomes_to_junit(outcomes, seconds), encoding="utf-8")
    if reports.sarif is not None:
        from backtrace.check.sarif import outcomes_to_sarif

        with _noting("--sarif", reports.sarif, failed):
            reports.sarif.write_text(outcomes_to_sarif(outcomes), encoding="utf-8")
    if reports.baseline is not None:
        with _noting("--baseline", reports.baseline, failed):
            yield from _close_baseline(reports, outcomes, baseline)
    yield from _tell_github(outcomes, seconds)
    if failed:
        raise UsageError("\n".join(failed))


@contextmanager
def _noting(option: str, path: Path, failed: list[str]) -> Iterator[None]:
    """Note that a file could not be written: the next one may be."""
    try:
        yield
    except OSError as error:
        failed.append(f"{option} {path}: cannot be written: {error.strerror or error}")


def _close_baseline(
    reports: Reports, outcomes: Sequence[Outcome], baseline: Baseline
) -> Iterator[str]:
    path = reports.baseline
    assert path is not None
    if reports.writes_baseline:
        write_baseline(path, baseline.found)
        yield f"{path}: {counted(len(baseline.found), 'finding')} written."
        return
    accepted = sum(len(outcome.accepted) for outcome in outcomes)
    gone = baseline.gone
    yield f"{path}: {counted(accepted, 'finding')} accepted, {len(gone)} gone."
    for known in gone[:_MOST_GONE]:
        yield f"   gone: {known.code} in {known.target}"
    if gone:
        yield "   --write-baseline takes out what is gone."


def _tell_github(outcomes: Sequence[Outcome], seconds: float) -> Iterator[str]:
    from backtrace.check.github import is_github, make_annotations, summary

    if not is_github(os.environ):
        return
    yield from make_annotations(outcomes, os.environ.get("GITHUB_WORKSPACE", ""))
    place = os.environ.get("GITHUB_STEP_SUMMARY")
    if place:
        try:
            with Path(place).open("a", encoding="utf-8") as file:
                file.write(summary(outcomes, seconds))
        except OSError as error:
            yield f"the step's summary could not be written: {error.strerror}"
