"""Scores that compare a column of predictions with a row of targets: each with every other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set
from backtrace.recording.source.walks import walk

# What leaves the shape of what it is called of, or is given, as it is.
_KEEPING = word_set(
    "sigmoid round float long int bool double detach cpu cuda clone to ge gt lt le type"
)
_MOST = 12  # steps back


@dataclass(frozen=True)
class _Origin:
    """What something is made of: its root, and whether it was made a column or a row since."""

    root: ast.expr
    is_column: bool
    is_row: bool

    @property
    def is_plain(self) -> bool:
        return not (self.is_column or self.is_row)


class _PairLoop:
    """A loop over batches of two, and what it gives its variables."""

    def __init__(self, loop: ast.For, x: str, y: str) -> None:
        self.x, self.y = x, y
        self.nodes = [node for statement in loop.body for node in walk(statement)]
        self._given: dict[str, list[ast.expr | None]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    self._take(target, node.value)

    def _take(self, target: ast.expr, value: ast.expr | None) -> None:
        for each in walk(target):
            if isinstance(each, ast.Name):
                is_all = each is target
                made = self.trace(value) if is_all and value is not None else None
                is_itself = made and made.is_plain and _is_named(made.root, each.id)
                if not is_itself:  # as in `x = x.to(device)`
                    self._given.setdefault(each.id, []).append(value if is_all else None)

    def trace(self, value: ast.expr) -> _Origin:
        """Return what a value is made of."""
        is_column = is_row = False
        seen: set[str] = set()
        for _ in range(_MOST):
            if isinstance(value, ast.Name):
                given = self._given.get(value.id, [])
                if len(given) != 1 or given[0] is None or value.id in seen:
                    break
                seen.add(value.id)
                value = given[0]
                continue
            inner, step = _step_back(value)
            if inner is None:
                break
            is_column, is_row = is_column or step == "column", is_row or step == "row"
            value = inner
        return _Origin(value, is_column, is_row)

    def model_of(self, made: _Origin) -> str:
        """Return the model whose output for the batch something is; '' where it is none."""
        match made.root:
            case ast.Call(func=func, args=[first]) if _is_named(self.trace(first).root, self.x):
                return ast.unparse(func)
        return ""

    def is_target(self, made: _Origin) -> bool:
        return _is_named(made.root, self.y) and len(self._given.get(self.y, [])) < 2


def find_pairs_compared(scope: Scope) -> Iterator[Slip]:
    """Give each `predicted == y` of a model whose loss has to make one of both a column or a row.

    `name` is the comparison, `beside` the loss, which stands in any loop of the file.
    """
    if not any(isinstance(node, ast.Compare) for node in scope.nodes()):
        return
    columns = dict(_columns_in(scope.tree))
    for loop in _loops_in(scope.nodes()) if columns else ():
        for node in loop.nodes:
            match node:
                case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                    sides = loop.trace(left), loop.trace(right)
                    for said, target in (sides, sides[::-1]):
                        model = loop.model_of(said)
                        is_raw = said.is_plain and target.is_plain and loop.is_target(target)
                        if is_raw and model in columns:
                            told = ast.unparse(node)[:LONGEST]
                            yield Slip(node.lineno, "pairs-compared", told, columns[model])


def _columns_in(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Give the models that must give a column, each with the loss that says so."""
    for loop in _loops_in(walk(tree)):
        for node in loop.nodes:
            match node:
                case ast.Call(args=[ast.expr() as first, ast.expr() as second]):
                    said, target = loop.trace(first), loop.trace(second)
                    model = loop.model_of(said)
                    is_alike = said.is_plain and target.is_column
                    is_alike = is_alike or (said.is_row and not said.is_column and target.is_plain)
                    if model and is_alike and loop.is_target(target):
                        yield model, ast.unparse(node)[:LONGEST]


def _loops_in(nodes: tuple[ast.AST, ...]) -> Iterator[_PairLoop]:
    for node in nodes:
        match node:
            case ast.For(
                target=ast.Tuple(elts=[ast.Name(id=x), ast.Name(id=y)])
                | ast.Tuple(elts=[_, ast.Tuple(elts=[ast.Name(id=x), ast.Name(id=y)])])
            ):
                yield _PairLoop(node, x, y)


def _step_back(value: ast.expr) -> tuple[ast.expr | None, str]:
    """Return what a value is made of by one step, and whether that made it a column or a row.

    Only what fails on a tensor that is a column or a row already.
    """
    match value:
        case ast.Compare(left=left, comparators=[ast.Constant()]):
            return left, ""
        case ast.Subscript(
            value=inner, slice=ast.Tuple(elts=[ast.Slice(), ast.Constant(value=at)])
        ) if at in (None, 0):
            return inner, "column" if at is None else "row"
        case ast.Call(func=ast.Attribute(value=inner, attr="unsqueeze"), args=[at]):
            return (inner, "column") if ast.unparse(at) in ("1", "-1") else (None, "")
        case ast.Call(func=ast.Attribute(value=inner, attr="squeeze"), args=[at]):
            return (inner, "row") if ast.unparse(at) == "1" else (None, "")
        case ast.Call(func=ast.Attribute(value=inner, attr=called), args=args):
            if called in _KEEPING:
                is_function = called_name(inner) in ("torch", "F", "functional") and args
                return (args[0] if is_function else inner), ""
    return None, ""


def _is_named(value: ast.expr, name: str) -> bool:
    return isinstance(value, ast.Name) and value.id == name
