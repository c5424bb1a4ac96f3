"""Ends of episodes that are collected for a target and never read."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.data.unread_parts import UnreadPart, is_reckoned_with, part_named
from backtrace.recording.source.lines.discounted_lines import find_discounted_line
from backtrace.recording.source.source_file import Scope, assigned_pairs, word_set, words_of
from backtrace.recording.source.walks import walk

_REWARDS = word_set("r rew rews reward rewards")
_NEXT = word_set("s2 ns next nexts")
_VALUES = (ast.Call, ast.Subscript, ast.Compare, ast.ListComp)
_RECORDS = word_set("namedtuple NamedTuple dataclass")


def find_unread_ends(scope: Scope) -> Iterator[UnreadPart]:
    """Give the ends that a scope makes, or has in its records, beside rewards and next states.

    Rewards and next states must be read there. What is written to twice may come from an
    environment, and `None` may stand for the state after an end: neither is spoken of.
    """
    if scope.reads_all or any(map(_asks_for_none, scope.nodes())):
        return
    yield from _find_made(scope)
    yield from _find_recorded(scope)


def _find_made(scope: Scope) -> Iterator[UnreadPart]:
    """Give ends that have a name of their own: `dones = torch.tensor([t[4] for t in batch])`."""
    made: dict[str, int] = {}
    for statement in scope.statements():
        for target, value in assigned_pairs(statement):
            if isinstance(target, ast.Name) and isinstance(value, _VALUES):
                made.setdefault(target.id, statement.lineno)
    beside = _needed([name for name in made if scope.is_read(name)])
    for name in made if beside else ():
        is_end = part_named(name) == "end" and _times_written(name, scope) == 1
        if is_end and not scope.is_read(name) and not is_reckoned_with(name, scope):
            line = find_discounted_line(scope) or made[name]
            yield UnreadPart(line, name, "end", beside)


def _find_recorded(scope: Scope) -> Iterator[UnreadPart]:
    """Give ends of records of which all else is read: `batch.reward`, and never `batch.done`."""
    reads: dict[str, list[ast.Attribute]] = {}
    for node in scope.nodes():
        match node:
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Load()):
                reads.setdefault(name, []).append(node)
    if not any(_needed([each.attr for each in found]) for found in reads.values()):
        return
    anywhere = {node.attr for node in walk(scope.tree) if isinstance(node, ast.Attribute)}
    records = list(_records(scope.tree))
    for name, found in reads.items():
        taken = list(dict.fromkeys(each.attr for each in found))
        fields = next((one for one in records if set(taken) <= set(one)), ())
        ends = [each for each in fields if part_named(each) == "end" and each not in anywhere]
        beside = _needed(taken)
        uses = sum(isinstance(n, ast.Name) and n.id == name for n in scope.nodes())
        if ends and beside and uses == len(found) + _times_written(name, scope):
            line = find_discounted_line(scope) or found[0].lineno
            yield UnreadPart(line, f"{name}.{ends[0]}", "end", beside)


def _records(tree: ast.Module) -> Iterator[tuple[str, ...]]:
    """Give the fields of the named tuples and data classes of a file."""
    for node in walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=made) | ast.Attribute(attr=made), args=[_, fields]):
                if made == "namedtuple":
                    yield _words(fields)
            case ast.ClassDef(bases=bases, decorator_list=marks):
                if any(_name_of(each) in _RECORDS for each in (*bases, *marks)):
                    parts = (each for each in node.body if isinstance(each, ast.AnnAssign))
                    yield tuple(_name_of(each.target) for each in parts)


def _words(fields: ast.expr) -> tuple[str, ...]:
    match fields:
        case ast.Constant(value=str(text)):
            return tuple(text.replace(",", " ").split())
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return tuple(str(each.value) for each in parts if isinstance(each, ast.Constant))
    return ()


def _name_of(node: ast.expr) -> str:
    match node:
        case ast.Call(func=made):
            return _name_of(made)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _needed(names: list[str]) -> tuple[str, ...]:
    """Return the names of rewards and of next states among these; none unless there are both."""
    rewards = [name for name in names if words_of(name) & _REWARDS]
    following = [name for name in names if words_of(name) & _NEXT]
    return (*rewards[:1], *following[:1]) if rewards and following else ()


def _times_written(name: str, scope: Scope) -> int:
    written = (node for node in scope.nodes() if isinstance(node, ast.Name) and node.id == name)
    return sum(isinstance(node.ctx, ast.Store) for node in written)


def _asks_for_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Compare) and any(
        isinstance(each, ast.Constant) and each.value is None for each in node.comparators
    )
