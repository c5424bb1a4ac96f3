"""`-o FILE`: a trace file beside what is shown, and the next command to type.

One of several ranks says nothing: its file is joined with the others'.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, TextIO

from backtrace.driver.own_stderr import flush_stdout
from backtrace.driver.view import RunPlan, RunResult, View
from backtrace.errors import UsageError
from backtrace.ledger.events import Event
from backtrace.ledger.rank_end import Failure
from backtrace.ledger.updates import Update
from backtrace.printable import literal_lines, shell_word

if TYPE_CHECKING:  # a run without a file has no use for SQLite
    from backtrace.driver.rank_files import RankFiles
    from backtrace.tracefile.write import Detail, TraceWriter


@dataclass(frozen=True)
class FileOptions:
    """Where a trace file is written (None: nowhere), and how much of the run it keeps.

    `params` are globs over the tensors to keep (none: all). `document` is where the document of
    `--format json` goes, if it goes to a file, and `in_document` globs over the tensors in that.
    `graph` says that graphs are recorded, which only a trace file holds.
    """

    path: str | None = None
    force: bool = False
    readings: Detail | None = None
    last: int | None = None
    params: Sequence[str] = ()
    document: str | None = None
    in_document: Sequence[str] = ()
    graph: bool = False


class RecordingView(View):
    """Writes the run into a trace file; stderr says at the end how to look at it."""

    def __init__(
        self,
        writer: TraceWriter,
        rank: Mapping[str, int | str] | None = None,
        errors: TextIO | None = None,
        files: RankFiles | None = None,
    ) -> None:
        self._writer = writer
        self._files = files
        self._failure: Failure | None = None
        self._rank = rank
        self._errors = errors or sys.stderr

    def start(self, plan: RunPlan) -> None:
        """Make the file.

        Raises:
            TraceFileError: it cannot be made.
        """
        from backtrace.tracefile.commit import with_commit

        numbers = {
            "parameters": plan.parameters,
            "updates": plan.updates,
            "updates_per_epoch": plan.updates_per_epoch,
        }
        counts = numbers if plan.parameters else None
        self._writer.start(with_commit(plan.header), counts, self._rank)

    def take_event(self, event: Event) -> None:
        """Write the event."""
        self._writer.take_event(event)

    def take_update(self, update: Update) -> None:
        """Write what the update is found by."""
        self._writer.take_update(update)

    def take_failure(self, failure: Failure) -> None:
        """Write at once what ended the script, and of a rank which of the others are gone."""
        if self._files is not None:
            failure = replace(failure, gone=tuple(self._files.find_gone()))
        self._failure = failure
        self._writer.note("failure", asdict(failure))

    def finish(self, result: RunResult) -> None:
        """Close the file; say how to look at it, or what is not in it."""
        if self._failure is not None and self._files is not None:
            running, gone = self._files.find_others()
            found = replace(self._failure, running=tuple(running), gone=tuple(gone))
            self._writer.note("failure", asdict(found))
        self._writer.finish(result.seconds, interrupted=result.interrupted)
        flush_stdout()  # so that the order is right where both go to one place
        if self._writer.lost:
            self._errors.write(f"backtrace: {literal_lines(self._writer.lost)}\n")
        if self._rank is not None:
            return  # it is joined with the others, and they are shown together
        self._errors.write(f"backtrace show {shell_word(str(self._writer.path))}\n")


def recording_views(options: FileOptions, errors: TextIO | None = None) -> Iterator[View]:
    """Yield the views that write a trace file and a document; they speak on `errors`.

    Raises:
        TraceFileError: no file can be made there.
        UsageError: there is no file that the other options could be for.
    """
    if options.document is not None:
        from backtrace.show.json.document_file import DocumentFileView

        yield DocumentFileView(options.document, tuple(options.in_document), force=options.force)
    if options.path is None:
        given = {
            "--force": options.force and options.document is None,
            "--keep": options.params,
            "--readings": options.readings,
            "--last": options.last is not None,
            "--graph": options.graph,
        }
        for option, is_given in given.items():
            if is_given:
                raise UsageError(f"{option} requires -o FILE, such as -o run.trace")
        return
    yield RecordingView(_make_writer(options), errors=errors)


def rank_recording_view(
    options: FileOptions,
    rank: Mapping[str, int | str],
    errors: TextIO | None = None,
    files: RankFiles | None = None,
) -> View:
    """Return the view that writes the file of one rank of several, which stand in `files`.

    Raises:
        TraceFileError: no file can be made there.
    """
    return RecordingView(_make_writer(options), rank, errors, files)


def _make_writer(options: FileOptions) -> TraceWriter:
    from backtrace.tracefile.write import TraceWriter

    assert options.path is not None
    return TraceWriter(
        options.path, force=options.force, readings=options.readings or "full",
        last=options.last, params=options.params,
    )  # fmt: skip
