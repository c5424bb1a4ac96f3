"""Masks that are put on something of which nothing is read: what goes on is unmasked."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.loops.idle_statements import IdleStatement
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import walk

_MASKS = word_set("mask masks keep keeps drop drops dropped valid")
_DRAWS = word_set("bernoulli bernoulli_")


def find_unread_masks(scope: Scope) -> Iterator[IdleStatement]:
    """Give `masked = x * mask`, where nothing reads `masked`, and `x` goes on.

    The mask has no other use. It is one by its name, or is drawn or compared to be one.
    """
    if not scope.name or scope.reads_all:
        return
    for node in scope.statements():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                parts = _parts(value)
                if parts is None or name.startswith("_") or _stores(scope, name) != 1:
                    continue
                taken, mask = parts
                if scope.is_read(name) or not _goes_on(scope, taken, node):
                    continue
                if _is_mask(scope, mask) and _is_used_once(scope, mask, value):
                    yield IdleStatement(node.lineno, ast.unparse(node)[:60], "unread", taken)


def _parts(value: ast.expr) -> tuple[str, str] | None:
    """Return what is masked, and the mask, by their names."""
    match value:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            names = _named(left), _named(right)
            bare = isinstance(left, ast.Name), isinstance(right, ast.Name)
            if all(names) and any(bare):
                first, second = names
                is_first = words_of(first) & _MASKS or not bare[0]
                return (second, first) if is_first else (first, second)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=taken), attr="masked_fill"), args=args):
            if args and (mask := _named(args[0])):
                return taken, mask
        case ast.Call(func=ast.Attribute(attr="where"), args=[chosen, ast.Name(id=taken), _]):
            if mask := _named(chosen):
                return taken, mask
    return None


def _named(node: ast.expr) -> str:
    """Return the one name that an expression has, as `m` of `~m[:, None].float()`; '' of others."""
    names = [each.id for each in walk(node) if isinstance(each, ast.Name)]
    is_plain = not any(isinstance(each, ast.BinOp) for each in walk(node))
    return names[0] if len(names) == 1 and is_plain else ""


def _stores(scope: Scope, name: str) -> int:
    return sum(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
        for node in scope.nodes()
    )


def _goes_on(scope: Scope, name: str, after: ast.stmt) -> bool:
    """Whether a name is read behind a statement."""
    end = after.end_lineno or after.lineno
    return any(
        isinstance(node, ast.Name)
        and node.id == name
        and isinstance(node.ctx, ast.Load)
        and node.lineno > end
        for node in scope.nodes()
    )


def _is_mask(scope: Scope, name: str) -> bool:
    if words_of(name) & _MASKS:
        return True
    return any(
        isinstance(each, ast.Compare)
        or (isinstance(each, ast.Call) and called_name(each.func) in _DRAWS)
        for node in scope.nodes()
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
        for each in walk(node.value)
    )


def _is_used_once(scope: Scope, name: str, value: ast.expr) -> bool:
    """Whether a name is read in this value alone, and otherwise only to be written anew."""
    inside = {id(each) for each in walk(value)}
    inside |= {
        id(each)
        for node in scope.nodes()
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
        for each in walk(node.value)
    }
    return not scope.is_read_inside(name) and not any(
        isinstance(node, ast.Name)
        and node.id == name
        and isinstance(node.ctx, ast.Load)
        and id(node) not in inside
        for node in scope.nodes()
    )
