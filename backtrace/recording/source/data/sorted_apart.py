"""Sequences that are put in the order of their lengths to be packed, and targets that are not."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.signed_uses import names_in
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_LENGTHS = word_set("length lengths len lens size sizes")
_TARGETS = word_set(
    "y ys yb target targets label labels tag tags gold answer answers class classes trg tgt"
)
_SORTS = word_set("sort argsort sorted topk")
_OVER_ROWS = word_set("mean sum max min amax amin logsumexp")


def find_sorted_apart(scope: Scope) -> Iterator[Slip]:
    """Give the sequences of a scope that are sorted to be packed, and whose targets are not.

    The order is used to sort them and their lengths, and for nothing else: it brings back nothing.
    Targets stand in the same scope; or it is a `forward` that knows of none, in a file that trains
    and sorts by length nowhere else.
    """
    yield from _find_sorted_lists(scope)
    packed = [n.lineno for n in scope.nodes() if isinstance(n, ast.Call) and _is_packing(n)]
    if not packed or scope.reads_all:
        return
    for node in scope.statements():
        order, by = _read_order(node)
        taken = _taken_by(order, scope) if order else None
        if taken is None or _is_sorted_elsewhere(scope):
            continue
        rows = [name for name in taken if not _is_length(name) and name != by]
        if len(rows) != 1 or _is_target(rows[0]):
            continue
        found = _find_kept(scope, node.lineno)
        if found or _gives_rows(scope, rows[0], max(packed)):
            yield Slip(node.lineno, "sorted-alone", rows[0], found)


def _find_sorted_lists(scope: Scope) -> Iterator[Slip]:
    """Give the sequences that `zip(*batch)` gave beside targets, and that are sorted alone."""
    beside: dict[str, set[str]] = {}
    for node in scope.statements():
        match node:
            case ast.Assign(
                targets=[ast.Tuple(elts=names)],
                value=ast.Call(func=ast.Name(id="zip"), args=[ast.Starred()]),
            ):
                given = {each.id for each in names if isinstance(each, ast.Name)}
                beside |= {name: {each for each in given if _is_target(each)} for name in given}
            case ast.Assign(
                targets=[ast.Name(id=written)],
                value=ast.Call(
                    func=ast.Name(id="sorted"),
                    args=[ast.Name(id=name)],
                    keywords=[*_, ast.keyword()] as words,
                ),
            ) if written == name and not _is_target(name):
                key = next((each.value for each in words if each.arg == "key"), None)
                if key is None or "len" not in names_in(key):
                    continue
                kept = _find_kept(scope, node.lineno)
                if kept in beside.get(name, ()) and _count_stores(scope, kept) == 1:
                    yield Slip(node.lineno, "sorted-alone", name, kept)


def _read_order(node: ast.stmt) -> tuple[str, str]:
    """Return the name of an order of lengths, and what they are called; '' where there is none."""
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=[longest, ast.Name(id=order)])], value=value):
            by = _sorted_lengths(value, {"sort"}, ast.unparse(longest))
        case ast.Assign(
            targets=[ast.Name(id=order)],
            value=ast.Subscript(value=value, slice=ast.Constant(value=1))
            | ast.Attribute(value=value, attr="indices"),
        ):
            by = _sorted_lengths(value, {"sort"})
        case ast.Assign(targets=[ast.Name(id=order)], value=value):
            by = _sorted_lengths(value, {"argsort"})
        case _:
            return "", ""
    return (order, by) if by else ("", "")


def _sorted_lengths(value: ast.expr, calls: set[str], longest: str = "") -> str:
    """Return the name of the lengths that a call sorts from the longest on.

    They are called so, or what they are sorted to is.
    """
    if not isinstance(value, ast.Call) or called_name(value.func) not in calls:
        return ""
    given = [*names_in(value.func), *(name for each in value.args for name in names_in(each))]
    said = ast.unparse(value)
    falls = "descending=True" in said or ", True" in said or "(-" in said
    lengths = [name for name in given if _is_length(name)]
    if not lengths and _is_length(longest):
        lengths = [name for name in given if name not in ("torch", *calls)]
    return lengths[0] if falls and lengths else ""


def _taken_by(order: str, scope: Scope) -> list[str] | None:
    """Return what is taken in an order; None where the order has any other use, or is not one."""
    if scope.is_read_inside(order) or _count_stores(scope, order) != 1:
        return None
    uses = [n for n in scope.nodes() if isinstance(n, ast.Name) and n.id == order]
    parents, taken = parents_in(scope.tree), []
    for use in (each for each in uses if isinstance(each.ctx, ast.Load)):
        node: ast.AST | None = parents.get(id(use))
        if isinstance(node, ast.Tuple):
            node = parents.get(id(node))
        match node:
            case ast.Subscript(value=rows, slice=chosen) if use in walk(chosen):
                names = names_in(rows)
            case ast.Call(func=ast.Attribute(value=rows, attr="index_select")):
                names = names_in(rows)
            case _:
                return None
        if not names:
            return None
        own = [name for name in names if name not in ("self", "torch")]
        taken.append(own[-1] if isinstance(rows, ast.Call) else own[0])
    return list(dict.fromkeys(taken))


def _is_sorted_elsewhere(scope: Scope) -> bool:
    """Whether lengths are sorted in a function of the file that packs nothing."""
    functions = [each for each in walk(scope.tree) if isinstance(each, Function)]
    for one in (scope.tree, *functions):
        nodes = list(own_nodes(one))
        if one is scope.node or any(map(_is_packing, nodes)):
            continue
        for each in nodes:
            if _is_call(each, _SORTS) or (
                isinstance(each, ast.keyword) and "sort" in f"{each.arg}"
            ):
                return True
    return False


def _find_kept(scope: Scope, line: int) -> str:
    """Return targets that are known before a line and read behind it, and not written between."""
    stored = {
        n.id: n.lineno
        for n in scope.nodes()
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    for node in scope.nodes():
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if node.lineno > line and _is_target(name):
                if stored.get(name, 0) < line:
                    return name
    return ""


def _count_stores(scope: Scope, name: str) -> int:
    return sum(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
        for node in scope.nodes()
    )


def _gives_rows(scope: Scope, rows: str, packed: int) -> bool:
    """Whether a `forward` gives something for each row, and nothing of what it sorted as it is."""
    if scope.name.rpartition(".")[2] != "forward":
        return False
    if not any(_is_call(each, {"backward"}) for each in walk(scope.tree)):
        return False
    for node in scope.nodes():
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if name == rows and node.lineno > packed:
                return False
            case ast.Call(func=func) if node.lineno > packed and called_name(func) in _OVER_ROWS:
                if _goes_over_rows(node):
                    return False
    return True


def _goes_over_rows(call: ast.Call) -> bool:
    """Whether a reduction is over the first axis, or over all."""
    given = [ast.unparse(each) for each in call.args]
    named = [ast.unparse(each.value) for each in call.keywords if each.arg in ("dim", "axis")]
    axes = named or given[-1:]
    return not axes or axes[-1] in ("0", "(0, 1)") or not axes[-1].lstrip("-").isdigit()


def _is_packing(node: ast.AST) -> bool:
    return _is_call(node, {"pack_padded_sequence"})


def _is_call(node: ast.AST, names: set[str] | frozenset[str]) -> bool:
    return isinstance(node, ast.Call) and called_name(node.func) in names


def _is_length(name: str) -> bool:
    return bool(words_of(name) & _LENGTHS) or name.lower().endswith(("len", "lens", "lengths"))


def _is_target(name: str) -> bool:
    return bool(words_of(name) & _TARGETS)
