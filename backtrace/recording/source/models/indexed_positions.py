"""Tables of positions that are indexed by a length, where they should be sliced up to it."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, walk

_POSITIONS = word_set("pe pes pos posenc posemb wpe position positions positional")
# What gives a tensor of as many places as it is given.
_KEEPING = word_set(
    "embed embedding embeddings embedder emb tok token tokens word words wte lut proj projection "
    "project linear fc dropout drop norm ln float to contiguous clone"
)
_AROUND = word_set(
    "Variable clone detach to cuda type_as requires_grad_ requires_grad unsqueeze expand expand_as "
    "repeat dropout contiguous float"
)
_MAKING = word_set("Parameter zeros randn rand empty ones tensor unsqueeze")
_DEEPEST = 4  # steps back from a tensor to what it is made of


def find_indexed_positions(scope: Scope) -> Iterator[Slip]:
    """Give each `x + self.pe[:, x.size(1)]` of a function: one row, for all places of `x`.

    The length may have a name, and what is added to may be made of `x` place by place. A length of
    something else is left alone: what comes after it is in the place of that number.
    """
    if not isinstance(scope.node, Function):
        return
    reader = _PositionReader(scope)
    told: set[int] = set()
    for node in scope.nodes():
        for added, table in _sums(node):
            taken = reader.read_row(table, added)
            if taken is not None and taken[0].lineno not in told:
                told.add(taken[0].lineno)
                one, all_up_to = (ast.unparse(each)[:LONGEST] for each in taken)
                yield Slip(taken[0].lineno, "position", one, all_up_to)


def _sums(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Give what a sum adds, each with the other."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield left, right
            yield right, left
        case ast.AugAssign(target=ast.Name() as target, op=ast.Add(), value=value):
            yield target, value


class _PositionReader:
    """What the names of a function stand for, and where they are given."""

    def __init__(self, scope: Scope) -> None:
        self._parents = parents_in(scope.tree)
        self._values = LastGiven(scope.tree, scope.node)
        self._stores = [
            node
            for node in scope.nodes()
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        ]

    def read_row(self, table: ast.expr, added: ast.expr) -> tuple[ast.expr, ast.expr] | None:
        """Return a subscript with one length of what it is added to, and what is meant by it."""
        row = _bare(self._values.follow(_bare(table)))
        if not isinstance(row, ast.Subscript):
            return None
        places = row.slice.elts if isinstance(row.slice, ast.Tuple) else [row.slice]
        sized = {at: of for at, each in enumerate(places) if (of := self._sized(each)) is not None}
        if len(sized) != 1 or not self._is_table(row.value, is_sliced=_has_slice(places)):
            return None
        ((at, of),) = sized.items()
        others = (each for number, each in enumerate(places) if number != at)
        if not all(map(_is_whole, others)) or not self._is_made_of(added, of, _DEEPEST):
            return None
        meant = [ast.Slice(upper=each) if i == at else each for i, each in enumerate(places)]
        mended = copy.copy(row)
        mended.slice = ast.Tuple(meant) if len(meant) > 1 else meant[0]
        return row, mended

    def _sized(self, node: ast.expr) -> ast.Name | None:
        """Return whose length along an axis it is: `x` of `x.size(1)`, or of a name for that."""
        match self._values.follow(node):
            case ast.Call(func=ast.Attribute(value=ast.Name() as of, attr="size"), args=args):
                return of if args or isinstance(node, ast.Name) else None
            case ast.Subscript(
                value=ast.Attribute(value=ast.Name() as of, attr="shape")
                | ast.Call(func=ast.Attribute(value=ast.Name() as of, attr="size"), args=[])
            ):
                return of
            case ast.Attribute(value=ast.Name() as of, attr="shape"):  # `rows, length, _ = x.shape`
                return of if isinstance(node, ast.Name) else None
        return None

    def _is_table(self, node: ast.expr, *, is_sliced: bool) -> bool:
        """Whether it is called a table of positions, or is in a class that is.

        One that is given a number alone may be a list of tables: it is to be made as a tensor.
        """
        kind = self._class_around(node)
        name = called_name(node)
        is_said = bool(words_of(name) & _POSITIONS)
        if not is_said and (kind is None or "posit" not in kind.name.lower()):
            return False
        if is_sliced:
            return bool(name)
        is_own = isinstance(node, ast.Attribute) and kind is not None
        return is_own and any(_makes(each, name) for each in walk(kind or node))

    def _class_around(self, node: ast.AST) -> ast.ClassDef | None:
        above = self._parents.get(id(node))
        while above is not None and not isinstance(above, ast.ClassDef):
            above = self._parents.get(id(above))
        return above

    def _is_made_of(self, node: ast.expr, of: ast.Name, left: int) -> bool:
        """Whether an expression has the places of `of`, as that was where its length was read."""
        if isinstance(node, ast.Name):
            if node.id == of.id and not self._is_given_between(of, node):
                return True
            value = self._values.follow(node)
            return value is not node and left > 0 and self._is_made_of(value, of, left - 1)
        return left > 0 and any(self._is_made_of(each, of, left - 1) for each in _sources(node))

    def _is_given_between(self, first: ast.Name, last: ast.Name) -> bool:
        """Whether a name is given something else after `first`, before the statement of `last`."""
        above: ast.AST = last
        while not isinstance(above, ast.stmt):
            above = self._parents[id(above)]
        begin = first.lineno, first.col_offset
        return any(
            each.id == last.id and begin < (each.lineno, each.col_offset)
            for each in self._stores
            if each.lineno < above.lineno
        )


def _sources(node: ast.expr) -> list[ast.expr]:
    """Return what an expression may have its places from."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() | ast.Add(), right=right):
            return [left, right]
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name) as of, attr=method)) if (
            name != "self" and method in _KEEPING
        ):
            return [of]
        case ast.Call(func=func, args=[first, *_]) if words_of(called_name(func)) & _KEEPING:
            return [first]
    return []


def _bare(node: ast.expr) -> ast.expr:
    """Return an expression without what copies it, moves it or gives it more axes."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name), args=[of]):
            return _bare(of) if name in _AROUND else node
        case ast.Call(func=ast.Attribute(value=of, attr=name)) if name in _AROUND:
            return _bare(of)
        case ast.Call(func=func, args=[of, *_]) if called_name(func) == "Variable":
            return _bare(of)
    return node


def _has_slice(places: list[ast.expr]) -> bool:
    return any(isinstance(each, ast.Slice) for each in places)


def _is_whole(node: ast.expr) -> bool:
    """Whether it takes all of an axis, makes a new one, or takes the only place of one."""
    match node:
        case ast.Slice(lower=None, upper=None, step=None):
            return True
        case ast.Constant(value=value):
            return value is Ellipsis or value is None or value == 0
    return False


def _makes(node: ast.AST, name: str) -> bool:
    """Whether it gives a module a tensor of this name."""
    match node:
        case ast.Call(func=func, args=[ast.Constant(value=given), *_]):
            return called_name(func) in ("register_buffer", "register_parameter") and given == name
        case ast.Assign(targets=[ast.Attribute(attr=given)], value=ast.Call(func=func)):
            return given == name and called_name(func) in _MAKING
    return False
