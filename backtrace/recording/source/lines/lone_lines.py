"""The one statement that does a thing: of a function, cut the graph; of a file, make a view."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from backtrace.ledger.source_facts import Lone
from backtrace.recording.source.source_file import Scope, called_name, names_in, word_set
from backtrace.recording.source.walks import Function, own_nodes, walk

_CUTS = word_set("detach detach_ item tolist numpy")
_VIEWS = word_set("view reshape view_as reshape_as flatten unflatten")
_Kept = ast.Assign | ast.AnnAssign | ast.Return


@dataclass(frozen=True)
class LoneLine:
    """`line` alone does `what` between the lines `begins` and `ends`."""

    line: int
    what: Lone
    begins: int
    ends: int


def find_lone_lines(scope: Scope) -> Iterator[LoneLine]:
    """Give the statement that cuts the graph of what a function computes, if that is one alone.

    What is cut to be printed or put into a list is not what goes on. Give the one place, too, that
    takes the first or the last of what comes first of a pair, as of what an LSTM returns, and the
    one that takes the first of what comes second. Of a file, give the statement that views anything
    under other axes, the call that makes a sampler by weights, the `if` that lets an optimizer step
    at every so many batches, and what writes to a rate.
    """
    yield from _find_end(scope)
    if scope.name == "":
        samplers = list(islice(filter(_is_sampler, walk(scope.tree)), 2))
        if len(samplers) == 1:
            yield LoneLine(samplers[0].lineno, "sampler", 1, 0)  # type: ignore[attr-defined]
        guards = list(islice(filter(_is_guard, walk(scope.tree)), 2))
        if len(guards) == 1:
            yield LoneLine(guards[0].lineno, "guard", 1, 0)  # type: ignore[attr-defined]
        writes = list(islice(filter(writes_rate, walk(scope.tree)), 2))
        if len(writes) == 1:
            yield LoneLine(writes[0].lineno, "rate", 1, 0)  # type: ignore[attr-defined]
        yield from _only("view", scope.tree, walk(scope.tree), ast.stmt)
        yield from _first_regroup(scope)
    else:
        yield from _only("cut", scope.node, scope.nodes(), _Kept)


def _only(
    what: Lone, around: ast.AST, nodes: Iterable[ast.AST], kind: type | object
) -> Iterator[LoneLine]:
    is_one = _is_view if what == "view" else _is_cut
    plain = (node for node in nodes if isinstance(node, kind) and not hasattr(node, "body"))  # type: ignore[arg-type]
    having = (node for node in plain if any(map(is_one, walk(node))))
    found = list(islice(having, 2))
    if len(found) == 1:
        if what == "cut" and any(map(_is_through, walk(found[0]))):
            what = "through"
        begins, ends = getattr(around, "lineno", 1), getattr(around, "end_lineno", 0)
        yield LoneLine(found[0].lineno, what, begins, ends)  # type: ignore[attr-defined]


def _first_regroup(scope: Scope) -> Iterator[LoneLine]:
    """Give the first line that views a tensor under three axes, of the one function that does."""
    functions = [node for node in walk(scope.tree) if isinstance(node, Function)]
    found = [
        (place, lines)
        for place in (scope.tree, *functions)
        if (lines := [each.lineno for each in own_nodes(place) if _is_regroup(each)])  # type: ignore[attr-defined]
    ]
    if len(found) == 1:
        ((place, lines),) = found
        begins, ends = getattr(place, "lineno", 1), getattr(place, "end_lineno", 0)
        yield LoneLine(min(lines), "regroup", begins, ends)


def _is_regroup(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="view" | "reshape"), args=args):
            sizes = args[0].elts if args and isinstance(args[0], ast.List | ast.Tuple) else args
            return len(sizes) == 3
    return False


def _find_end(scope: Scope) -> Iterator[LoneLine]:
    pairs = [
        target.elts
        for node in scope.nodes()
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Tuple) and len(target.elts) == 2
    ]
    outputs = {first.id for first, _ in pairs if isinstance(first, ast.Name)}
    states = {name for _, second in pairs for name in names_in(second)}
    begins, last = getattr(scope.node, "lineno", 1), getattr(scope.node, "end_lineno", 0)
    ends = [node for node in scope.nodes() if outputs and _takes(node, outputs, ("0", "-1"), 2)]
    if len(ends) == 1:
        yield LoneLine(ends[0].lineno, "end", begins, last)  # type: ignore[attr-defined]
    lower = [node for node in scope.nodes() if states and _takes(node, states, ("0",), 1)]
    if len(lower) == 1:
        yield LoneLine(lower[0].lineno, "lower", begins, last)  # type: ignore[attr-defined]


def _takes(node: ast.AST, names: set[str], numbers: tuple[str, ...], axes: int) -> bool:
    """Whether it is `outputs[:, -1]`, or `states[0]`: a number along one of the first axes."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=at, ctx=ast.Load()) if name in names:
            places = at.elts[:axes] if isinstance(at, ast.Tuple) else [at]
            return any(ast.unparse(each) in numbers for each in places)
    return False


def _is_guard(node: ast.AST) -> bool:
    """Whether it is `if (i + 1) % n == 0:` before a step, with nothing asked beside it."""
    match node:
        case ast.If(test=ast.Compare(left=ast.BinOp(op=ast.Mod()), comparators=[_]), body=body):
            calls = (each for part in body for each in walk(part) if isinstance(each, ast.Call))
            return any(called_name(each.func) == "step" for each in calls)
    return False


def _is_sampler(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name == "WeightedRandomSampler"
    return False


def _is_cut(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=name), args=[]):
            return name in _CUTS
        case ast.Attribute(attr="data", ctx=ast.Load()):
            return True
    return False


def _is_through(node: ast.AST) -> bool:
    """Whether it is a straight-through estimator: `x + (z - x).detach()`, in either order."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            for kept, cut in ((left, right), (right, left)):
                match cut:
                    case ast.Call(
                        func=ast.Attribute(
                            value=ast.BinOp(op=ast.Sub(), right=taken), attr="detach"
                        )
                    ):
                        if ast.dump(taken) == ast.dump(kept):
                            return True
    return False


def _is_view(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in _VIEWS
    return False


def writes_rate(node: ast.AST) -> bool:
    """Whether a statement writes to a rate, as `group["lr"] = …` does."""
    match node:
        case (
            ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value="lr"))])
            | ast.AugAssign(target=ast.Subscript(slice=ast.Constant(value="lr")))
        ):
            return True
    return False
