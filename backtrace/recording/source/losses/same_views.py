"""Two views that a contrastive loss compares, and that are one and the same by two names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.ledger.slip_kinds import SlipKind
from backtrace.recording.source.generators.divergences import squared_in
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    called_name,
    opened,
    word_set,
)
from backtrace.recording.source.walks import walk

_PARTS = re.compile(r"[a-zA-Z]+|\d+")
_COUPLES = tuple(
    map(word_set, ("anchor positive", "query key", "left right", "first second", "weak strong"))
)
_ENDS = frozenset("abijqk")
_COMPARING = (
    "loss", "criterion", "crit", "xent", "nce", "contrast", "cosine", "simclr", "barlow", "vicreg",
    "byol", "similarity", "mse", "triplet", "objective",
)  # fmt: skip
_JOINING = word_set("cat stack concat")
_SHAPING = word_set("normalize view reshape flatten squeeze float contiguous to")


@dataclass(frozen=True)
class _Given:
    """What the statement `at` gives `names`."""

    at: int
    names: tuple[str, ...]
    value: ast.expr


def find_same_views(scope: Scope) -> Iterator[Slip]:
    """Give each pair of names, alike but for a number or a letter, of one slice or of one call.

    A loss compares both. Calls may draw: whether they gave the same, a run tells.
    """
    for block in scope.blocks:
        statements = list(opened(block))
        for one, other in _alike_in(statements):
            is_call = isinstance(other.value, ast.Call)
            paired = [
                pair
                for pair in zip(one.names, other.names, strict=True)
                if _are_paired(*pair, is_call=is_call)
            ]
            if paired and _Compared(one, other).are_in(statements):
                told = f"{paired[0][1]} = {ast.unparse(other.value)}"[:LONGEST]
                kind: SlipKind = "same-view" if is_call else "same-slice"
                yield Slip(other.value.lineno, kind, told, paired[0][0])


def _alike_in(statements: list[ast.stmt]) -> Iterator[tuple[_Given, _Given]]:
    """Give what is written twice, where nothing between changes what it says."""
    run: dict[str, _Given] = {}
    for at, node in enumerate(statements):
        if not isinstance(node, ast.Assign) and not _is_clearing(node):
            run = {}
        for target, value in assigned_pairs(node):
            names = _names_of(target)
            if names and _is_view(value):
                text, given = ast.dump(value), _Given(at, names, value)
                if text in run and len(run[text].names) == len(names):
                    yield run[text], given
                run[text] = given
        written = _written(node)
        run = {
            text: given
            for text, given in run.items()
            if not any(isinstance(e, ast.Name) and e.id in written for e in walk(given.value))
        }


def _is_clearing(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="zero_grad"))):
            return True
    return False


def _names_of(target: ast.expr) -> tuple[str, ...]:
    """Return what is given a value: a name, several, or an entry of a dict under its key."""
    match target:
        case ast.Name(id=name):
            return (name,)
        case ast.Subscript(value=ast.Name(), slice=ast.Constant(value=str())):
            return (ast.unparse(target),)
        case ast.Tuple(elts=parts) if all(isinstance(each, ast.Name) for each in parts):
            return tuple(each.id for each in parts if isinstance(each, ast.Name))
    return ()


def _is_view(value: ast.expr) -> bool:
    """Whether it is a slice, or a call on what is there already."""
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch" | "nn" | "np" | "F"))):
            return False
        case ast.Call(func=ast.Name() | ast.Attribute(), args=[_, *_]):
            given = (*value.args, *(each.value for each in value.keywords))
            return not any(isinstance(e, ast.Call) for each in given for e in walk(each))
        case ast.Subscript(value=ast.Name() | ast.Attribute(), slice=chosen):
            return any(isinstance(each, ast.Slice) for each in walk(chosen))
    return False


def _are_paired(one: str, other: str, *, is_call: bool) -> bool:
    """Whether names are those of two of a kind: `z1` and `z2`, `z_i` and `z_j`."""
    first, second = (_PARTS.findall(each.lower()) for each in (one, other))
    unlike = [(a, b) for a, b in zip(first, second, strict=False) if a != b]
    if len(first) != len(second) or len(unlike) != 1:
        return False
    ((a, b),) = unlike
    if a.isdigit() or b.isdigit() or {a, b} in _COUPLES:
        return {a, b} in _COUPLES or (a.isdigit() and b.isdigit())
    if {a, b} == {"x", "y"}:
        return is_call  # an input and its target may be one slice
    is_marked = a[-1] in _ENDS and b[-1] in _ENDS
    return len(a) == len(b) and a[:-1] == b[:-1] and (len(a) == 1 or is_marked)


class _Compared:
    """Follows two names, and what is made of each alone, to what compares them.

    What a slice gives is followed no further than through a change of shape or length.
    """

    def __init__(self, one: _Given, other: _Given) -> None:
        self._begins, self._given = one.at, other.at
        self._sides = [set(one.names) - {"_"}, set(other.names) - {"_"}]
        self._is_call = isinstance(one.value, ast.Call)
        holders = {each.partition("[")[0] for each in (one.names[0], other.names[0])}
        self._holder = holders.pop() if len(holders) == 1 and "[" in one.names[0] else ""

    def are_in(self, statements: list[ast.stmt]) -> bool:
        """Whether statements behind those two compare them."""
        for at, node in enumerate(statements[self._begins + 1 :], self._begins + 1):
            if at == self._given:
                continue
            if at > self._given and any(self._compares(each) for each in walk(node)):
                return True
            self._take(node)
        return False

    def _take(self, node: ast.stmt) -> None:
        written = _written(node)
        value = node.value if isinstance(node, ast.Assign) else None
        made = [value is not None and self._mentions(value, at) for at in (0, 1)]
        for at in (0, 1):
            self._sides[at] -= written
            if made[at] and not made[1 - at]:
                self._sides[at] |= written

    def _mentions(self, node: ast.expr, side: int) -> bool:
        names = self._sides[side]
        if not self._is_call and any(
            isinstance(each, ast.Call) and called_name(each.func) not in _SHAPING
            for each in walk(node)
        ):
            return False
        return any(
            (isinstance(each, ast.Name) and each.id in names)
            or (isinstance(each, ast.Subscript) and ast.unparse(each) in names)
            for each in walk(node)
        )

    def _compares(self, node: ast.AST) -> bool:
        match node:
            case ast.Call(func=func, args=args):
                name = called_name(func).lower()
                given = [*args, *(each.value for each in node.keywords)]
                if self._is_call and name in _JOINING and args:
                    given = list(getattr(args[0], "elts", ()))
                elif not any(each in name for each in _COMPARING):
                    return self._is_squared(node)
                is_held = any(_is_name(each, self._holder) for each in given)
                return is_held or self._are_apart(given)
            case ast.BinOp(left=left, op=ast.MatMult(), right=right) if self._is_call:
                return self._are_apart([left, right])
            case ast.BinOp():
                return self._is_squared(node)
        return False

    def _is_squared(self, node: ast.expr) -> bool:
        match squared_in(node):
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return self._are_apart([left, right])
        return False

    def _are_apart(self, given: list[ast.expr]) -> bool:
        """Whether one thing that is given is made of the one, and another of the other."""
        sides = [(self._mentions(each, 0), self._mentions(each, 1)) for each in given]
        return (True, False) in sides and (False, True) in sides


def _is_name(node: ast.expr, name: str) -> bool:
    return bool(name) and isinstance(node, ast.Name) and node.id == name


def _written(node: ast.stmt) -> set[str]:
    return {
        each.id
        for each in walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
