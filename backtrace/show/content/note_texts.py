"""What a reader must know about the books of an update, in words."""

from __future__ import annotations

from collections.abc import Sequence

from backtrace.language import localized
from backtrace.ledger.updates import Update
from backtrace.show.content.cells import literal


def note_texts(update: Update, more: Sequence[str] = ()) -> list[str]:
    """Return the notes of an update, and `more` of what shows it, in the language in use."""
    return [localized(literal(note)) for note in (*update.notes, *more)]
