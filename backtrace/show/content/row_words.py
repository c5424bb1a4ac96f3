"""Which rows made a gradient, as a few columns of text."""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.explain.derive.parts import RowShare, RowShares
from backtrace.language import localized
from backtrace.show.content.cells import number, percent

_MOST = 10


def rows_title(found: RowShares) -> str:
    """Return how many rows there are, and by what means they were told apart."""
    if not found.means:
        return localized(f"rows: {found.reason}")
    count = "1 row" if len(found.rows) == 1 else f"{len(found.rows)} rows"
    batches = f" in {found.micro_batches} micro-batches" if found.micro_batches > 1 else ""
    return localized(f"which rows made it: {count}{batches}, by {found.means}")


def row_cells(found: RowShares) -> Iterator[tuple[str, str, str]]:
    """Give name, norm and share of the rows with the largest shares, and of the rest together."""
    shown, rest = found.rows[:_MOST], found.rows[_MOST:]
    for each in shown:
        yield _name(each, found), number(each.norm), _share(each.share)
    if rest:
        yield localized(f"{len(rest)} more"), "", _share(sum(each.share for each in rest))


def rows_notes(found: RowShares) -> Iterator[str]:
    """Give what must be known of them: signs, how well they add up, where rows mix."""
    if any(each.share < 0 for each in found.rows):
        yield localized("a negative share pulls against the sum")
    if found.gap is not None:
        mark = "✓" if found.gap.is_explained else "✗"
        off = number(found.gap.residual, 4)
        yield localized(f"their sum is off what backward added by {off} {mark}")
    yield from map(localized, found.notes)


def _name(row: RowShare, found: RowShares) -> str:
    if found.micro_batches > 1:
        return localized(f"micro-batch {row.micro_batch}, row {row.row}")
    return localized(f"row {row.row}")


def _share(share: float) -> str:
    return percent(share) if share >= 0 else f"-{percent(-share)}"
