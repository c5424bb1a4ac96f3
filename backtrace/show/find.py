"""Finds what a user chose of a trace: an update by its number, tensors by globs."""

from __future__ import annotations

from collections.abc import Sequence

from backtrace.errors import UsageError
from backtrace.ledger.name_globs import describe_unmatched
from backtrace.show.numbers import describe_numbers
from backtrace.show.selection import parse_selection
from backtrace.tracefile import TraceFile
from backtrace.tracefile.replay import UpdateEntry


def find_updates(trace: TraceFile, wanted: str) -> list[UpdateEntry]:
    """Return the updates of this number, one an optimizer, or the `last` one.

    Raises:
        TraceFileError: the trace cannot be read.
        UsageError: there is none; the text says which there are.
    """
    if wanted == "last":
        found = trace.outline()[-1:]
    elif wanted.isascii() and wanted.isdigit():
        found = trace.outline(min(int(wanted), 2**62))
    else:
        raise UsageError(f"--update {wanted}: write the number of an update, such as 3, or last")
    if not found:
        held = describe_numbers(trace.outline())
        raise UsageError(f"--update {wanted}: {trace.path} has {held}")
    return found


def check_updates(trace: TraceFile, wanted: str | None) -> None:
    """Refuse a list of updates, as `--updates` has it, none of which is in a trace.

    Raises:
        TraceFileError: the trace cannot be read.
        UsageError: there is none; the text says which there are.
    """
    if wanted is None:
        return
    chosen, outline = parse_selection(wanted), trace.outline()
    if not chosen.has_last and not any(each.number in chosen for each in outline):
        raise UsageError(f"--updates {wanted}: {trace.path} has {describe_numbers(outline)}")


def check_choice(trace: TraceFile, globs: Sequence[str]) -> None:
    """Refuse a glob that chooses no tensor of a trace.

    Raises:
        TraceFileError: the trace cannot be read.
        UsageError: there is none; the text says which there are.
    """
    if globs and (unmatched := describe_unmatched(globs, trace.parameters)):
        raise UsageError(f"{trace.path}: {unmatched}")
