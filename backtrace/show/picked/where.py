"""Reads the condition of `--where`: columns, numbers and texts compared, with and, or, not.

The text is parsed as Python is written and nothing of it is ever run: what is no comparison is
refused. A comparison with a number that does not exist, or is NaN, does not hold.
"""

from __future__ import annotations

import ast
import operator
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isnan, nan

from backtrace.errors import UsageError
from backtrace.ledger.name_globs import is_chosen
from backtrace.printable import literal
from backtrace.show.export.table import Cell
from backtrace.show.picked.names import Cells, Names

Test = Callable[[Cells], bool]
_LONGEST = 1000
_WORDS: dict[str, Cell] = {
    "none": None, "true": True, "false": False, "nan": nan, "inf": inf,
}  # fmt: skip
_ORDERS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
_EQUALS = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)
_FORM = "write a comparison, such as 'ratio > 1', 'loss > 2 and grad < 1e-6' or 'grad is none'"


@dataclass(frozen=True, slots=True)
class RowCondition:
    """What rows must fulfil, and the columns that it names."""

    holds: Test
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Operand:
    """One side of a comparison: the column of that name, or else what was written."""

    column: str
    is_text: bool
    written: Cell = None

    def of(self, cells: Cells) -> Cell:
        return cells[self.column] if self.column else self.written


def parse_where(text: str, names: Names) -> RowCondition:
    """Return the condition that a text states of a row.

    Raises:
        UsageError: it states none, or names a column that there is not.
    """
    return _WhereReader(text, names).read()


class _WhereReader:
    """Turns the syntax tree of one text into a test."""

    def __init__(self, text: str, names: Names) -> None:
        self._text, self._names = text, names
        self._columns: dict[str, None] = {}

    def read(self) -> RowCondition:
        if len(self._text) > _LONGEST:
            raise UsageError(f"--where: the condition is longer than {_LONGEST} characters")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(self._text.strip(), mode="eval")
            test = self._test(tree.body)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            is_single = re.search(r"(?<![<>=!])=(?!=)", self._text) is not None
            hint = "write == for equal" if is_single else "that is no condition"
            raise self._mistake(hint) from error
        return RowCondition(test, tuple(self._columns))

    def _test(self, node: ast.expr) -> Test:
        match node:
            case ast.BoolOp(op=op, values=values):
                tests = [self._test(each) for each in values]
                together = all if isinstance(op, ast.And) else any
                return lambda cells: together(test(cells) for test in tests)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self._test(operand)
                return lambda cells: not inner(cells)
            case ast.Compare(left=left, ops=ops, comparators=rest):
                sides = [self._side(each) for each in (left, *rest)]
                pairs = zip(sides, ops, sides[1:], strict=False)
                links = [self._link(*each) for each in pairs]
                return lambda cells: all(link(cells) for link in links)
        if isinstance(node, ast.Name | ast.Attribute):
            side = self._side(node)
            if side.column and self._names.find(side.column, "--where").type == "truth":
                return lambda cells: cells[side.column] is True
            raise self._mistake(f"compare {self._source(node)} with something")
        raise self._mistake(f"{self._source(node)} is no comparison")

    def _side(self, node: ast.expr) -> _Operand:
        match node:
            case ast.Constant(value=bool() | int() | float() | str() | None as written):
                return _Operand("", isinstance(written, str), written)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as size)):
                return _Operand("", False, -size)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Name(id="inf")):
                return _Operand("", False, -inf)
            case ast.Name(id=name) if name.lower() in _WORDS:
                return _Operand("", False, _WORDS[name.lower()])
            case ast.Name() | ast.Attribute():
                column = self._names.find(self._source(node), "--where")
                self._columns[column.name] = None
                return _Operand(column.name, column.type == "text")
        raise self._mistake(f"{self._source(node)} is neither a column nor a number")

    def _link(self, left: _Operand, op: ast.cmpop, right: _Operand) -> Test:
        is_nothing = any(not each.column and each.written is None for each in (left, right))
        if left.is_text is not right.is_text and not is_nothing:
            side = left if left.column else right
            kind = "a text, compare it with one in quotes" if side.is_text else "a number"
            raise self._mistake(f"{side.column or literal(str(side.written))} is {kind}")
        if isinstance(op, _EQUALS):
            wants = isinstance(op, ast.Eq | ast.Is)
            return lambda cells: _is_same(left, right, cells) is wants
        order = _ORDERS.get(type(op))
        if order is None or left.is_text or is_nothing:
            raise self._mistake("of texts and none there is only == and !=")
        return lambda cells: _in_order(order, left.of(cells), right.of(cells))

    def _source(self, node: ast.expr) -> str:
        return ast.get_source_segment(self._text.strip(), node) or "that"

    def _mistake(self, hint: str) -> UsageError:
        return UsageError(f"--where {literal(self._text[:200])}: {literal(hint)}\n    {_FORM}")


def _in_order(order: Callable[[float, float], bool], one: Cell, other: Cell) -> bool:
    if isinstance(one, str) or isinstance(other, str) or one is None or other is None:
        return False
    return order(one, other)


def _is_same(left: _Operand, right: _Operand, cells: Cells) -> bool:
    """Whether both are equal; a text that was written may be a glob, as for `--param`."""
    one, other = left.of(cells), right.of(cells)
    if isinstance(one, str) and isinstance(other, str):
        glob, name = (one, other) if not left.column else (other, one)
        return is_chosen(name, [glob])
    if isinstance(one, float) and isinstance(other, float) and isnan(one):
        return isnan(other)  # NaN is asked for by its name
    return one == other
