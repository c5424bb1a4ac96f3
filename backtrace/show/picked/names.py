"""The columns that `--where` and `--sort` may name: those of an export, five of them for short."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from backtrace.config.words import nearest
from backtrace.errors import UsageError
from backtrace.printable import literal
from backtrace.show.export.table import Cell, Column, columns

SHORT = {
    "grad": "grad_after_norm",
    "change": "change_norm",
    "value": "value_after_norm",
    "ratio": "update_ratio",
    "name": "parameter",
}
Cells = Mapping[str, Cell]


class Names:
    """The columns of a trace with these loss terms, by any name that they may be called."""

    def __init__(self, terms: Iterable[str] = ()) -> None:
        self._of = {column.name: column for column in columns(terms)}

    def find(self, name: str, option: str) -> Column:
        """Return the column of that name.

        Raises:
            UsageError: there is none; the text says which there are.
        """
        column = self._of.get(SHORT.get(name, name))
        if column is None:
            raise UsageError(f"{option}: there is no column {literal(name)}{self._hint(name)}")
        return column

    def all(self) -> list[str]:
        """Return the names that an export has."""
        return list(self._of)

    def _hint(self, name: str) -> str:
        near = nearest(name, [*SHORT, *self._of])
        plain = [each for each in self._of if not each.endswith(_STATISTICS)]
        accounts = dict.fromkeys(
            each.rpartition("_")[0] for each in self._of if each.endswith(_STATISTICS)
        )
        statistics = ", ".join(each[1:] for each in _STATISTICS)
        return (
            (f"; did you mean {literal(near)}?" if near else "")
            + f"\n    for short: {', '.join(SHORT)}; or {', '.join(map(literal, plain))}"
            + f"\n    and {', '.join(f'{each}_*' for each in accounts)}, * being {statistics}"
        )


_STATISTICS = ("_norm", "_mean", "_min", "_max", "_zeros", "_nonfinite")
