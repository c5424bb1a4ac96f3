"""Whether what a turn of a loop reads is drawn at random, and has nothing to do with the last."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from typing import Literal

from backtrace.recording.source.source_file import called_name, word_set
from backtrace.recording.source.walks import Function, own_nodes, walk

_INTEGERS = word_set("randint randrange integers random_integers choice choices sample multinomial")
_UNIFORM = word_set("rand uniform random random_sample")
_NORMAL = word_set("randn normal standard_normal")
_ORDERS = word_set("randperm permutation")
_DRAWS = _INTEGERS | _UNIFORM | _NORMAL | _ORDERS
_LIBRARIES = word_set("torch np numpy random math rng rs gen generator F")
_SHAPING = word_set(
    "view reshape unsqueeze squeeze float long int double to cuda cpu astype cumsum sum mean "
    "permute transpose t contiguous copy clone flatten type numpy tolist item repeat expand size"
)
_ASKING = word_set("index get find lower upper split strip join keys values items encode decode")
_EMBEDDING = word_set("embedding embed emb encoder encode onehot")
_CARRYING = word_set("next input open print setattr globals locals vars iter exec eval")
_DEEPEST = 16
_Within = Literal["", "sum", "product"]
Loop = ast.For | ast.While
Drawn = int | str  # a call that draws, or a variable that holds places in random order


class FreshDraws:
    """What a loop of a scope draws anew in each turn."""

    def __init__(self, tree: ast.Module, scope: ast.AST, loop: Loop) -> None:
        self._scope = scope
        self._loop = loop
        self._functions: dict[str, list[Function]] = {}
        for each in walk(tree):
            if isinstance(each, Function):
                self._functions.setdefault(each.name, []).append(each)

    def drawn_for(self, node: ast.expr) -> frozenset[Drawn]:
        """Return the draws of this turn that an expression is made of.

        None are returned where something else in it may go on from turn to turn. A draw that is
        only added, as noise is, or multiplied by, leaves what it is put on, and is none.
        """
        found = list(self._look(node, self._loop, "", _DEEPEST))
        return frozenset(each for each in found if each is not None and None not in found)

    def _look(
        self, node: ast.AST, place: ast.AST, within: _Within, most: int
    ) -> Iterator[Drawn | None]:
        """Give each draw, None of what may go on from turn to turn."""
        if not most:
            yield None
            return
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                yield from self._look_behind(name, node.lineno, place, within, most - 1)
                return
            case ast.Subscript(value=ast.Name(id=name)) if self._is_order(name):
                yield name
                return
            case ast.Call():
                yield from self._look_at_call(node, place, within, most - 1)
                return
            case ast.Yield() | ast.YieldFrom() | ast.Await() | ast.NamedExpr() | ast.Lambda():
                yield None
            case ast.Attribute(value=ast.Name(id="self")):
                yield None
            case ast.Compare():
                within = "product"
            case ast.BinOp(op=op, left=left, right=right):
                number = any(isinstance(each, ast.Constant) for each in (left, right))
                if isinstance(op, ast.Add | ast.Sub):
                    within = within or "sum"
                elif not number:
                    within = "product"
        for child in ast.iter_child_nodes(node):
            yield from self._look(child, place, within, most)

    def _look_behind(
        self, name: str, line: int, place: ast.AST, within: _Within, most: int
    ) -> Iterator[Drawn | None]:
        """Look at what a variable is given in this turn, or in this call."""
        own = list(own_nodes(place))
        stored = [each for each in own if isinstance(each, ast.Name) and each.id == name]
        stored = [each for each in stored if isinstance(each.ctx, ast.Store)]
        values = [value for each in own for value in _values_for(each, name)]
        looped = isinstance(place, ast.For) and any(
            isinstance(each, ast.Name) and each.id == name for each in walk(place.target)
        )
        if looped:
            assert isinstance(place, ast.For)
            yield id(place) if self._draws_order(place.iter) else None
        elif stored and (len(values) < len(stored) and not isinstance(place, Function)):
            yield None
        for value in values if not looped else ():
            if isinstance(place, Loop) and value.lineno > line:
                yield None  # of the turn before
            elif not any(isinstance(n, ast.Name) and n.id == name for n in walk(value)):
                yield from self._look(value, place, within, most)
            elif isinstance(place, Loop) and len(values) == 1:
                yield None

    def _look_at_call(
        self, node: ast.Call, place: ast.AST, within: _Within, most: int
    ) -> Iterator[Drawn | None]:
        name, func = called_name(node.func), node.func
        parts = [*node.args, *(each.value for each in node.keywords)]
        if isinstance(func, ast.Attribute):
            root = func.value
            while isinstance(root, ast.Attribute):
                root = root.value
            is_library = isinstance(root, ast.Name) and root.id in _LIBRARIES
            if not is_library and name not in _SHAPING | _ASKING:
                yield None
            parts += [] if is_library else [func.value]
        elif name in self._functions:
            yield from self._look_into(name, within, most)
        elif name in _CARRYING or not (name in _DRAWS | _EMBEDDING or hasattr(builtins, name)):
            yield None
        if name in _DRAWS and _counts(node, name, within):
            yield id(node)
        for part in parts:
            yield from self._look(part, place, within, most)

    def _look_into(self, name: str, within: _Within, most: int) -> Iterator[Drawn | None]:
        """Look at what a function of the file returns, if it keeps nothing."""
        function = self._functions[name][0]
        if len(self._functions[name]) > 1 or not _keeps_nothing(function):
            yield None
            return
        for each in own_nodes(function):
            if isinstance(each, ast.Return) and each.value is not None:
                yield from self._look(each.value, function, within, most)

    def _draws_order(self, node: ast.expr) -> bool:
        """Whether a loop is over places in random order."""
        match node:
            case ast.Name(id=name):
                return self._is_order(name)
            case ast.Call(func=func, args=args):
                inner = func.value if isinstance(func, ast.Attribute) else None
                is_list = called_name(func) == "tolist" and inner is not None
                if is_list and inner is not None:
                    return self._draws_order(inner)
                return called_name(func) in _ORDERS and bool(args)
        return False

    def _is_order(self, name: str) -> bool:
        values = [value for each in own_nodes(self._scope) for value in _values_for(each, name)]
        return bool(values) and all(
            isinstance(each, ast.Call) and self._draws_order(each) for each in values
        )


def _values_for(node: ast.AST, name: str) -> Iterator[ast.expr]:
    """Give what an assignment gives a name: of several at once, what all are taken of."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                parts = target.elts if isinstance(target, ast.Tuple) else [target]
                values = value.elts if isinstance(value, ast.Tuple) else [value] * len(parts)
                for part, given in zip(parts, values, strict=False):
                    if isinstance(part, ast.Name) and part.id == name:
                        yield given


def _counts(node: ast.Call, name: str, within: _Within) -> bool:
    """Whether a draw says what is read, and is no noise upon it."""
    if within == "sum":
        is_one = len(node.args) <= (2 if name == "uniform" else 0) and not node.keywords
        return name in _INTEGERS or (name in _UNIFORM and is_one)
    return not within


def _keeps_nothing(function: Function) -> bool:
    """Whether a function of the file's own lines leaves nothing for its next call."""
    own = {
        each.id
        for each in own_nodes(function)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    given = [each.arg for each in function.args.args]
    for each in own_nodes(function):
        match each:
            case ast.Global() | ast.Nonlocal() | ast.Yield() | ast.YieldFrom():
                return False
            case (
                ast.Subscript(value=value, ctx=ast.Store())
                | ast.Attribute(value=value, ctx=ast.Store())
            ):
                if not isinstance(value, ast.Name) or value.id not in own:
                    return False
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)):
                if attr not in _SHAPING | _ASKING and name not in own | _LIBRARIES | set(given):
                    return False
    return "self" not in given and not function.decorator_list
