"""Parts of a batch that are taken by name and never read."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backtrace.ledger.source_facts import Part
from backtrace.recording.source.data.scored_masks import leaves_out
from backtrace.recording.source.lines.discounted_lines import find_discounted_line
from backtrace.recording.source.source_file import Scope, names_in, word_set, words_of
from backtrace.recording.source.walks import Function, walk

_WORDS: dict[Part, frozenset[str]] = {
    "end": word_set(
        "done dones terminal terminals terminated terminations notdone notdones nonterminal "
        "nonterminals"
    ),
    "mask": word_set("mask masks"),
    "length": word_set("lengths lens seqlens"),
    "weight": word_set("weight weights"),
}
# Rows that are weighed are of a loss, which what is only evaluated need not have.
_EVALUATED = word_set(
    "val valid validate validation dev test evaluate evaluation eval holdout valloader testloader"
)
# Calls that give a batch, by words of their names. What a model or an environment returns is not
# one, nor what `get_masks` does: of those it is common to leave a part.
_GIVERS = word_set("zip map next tuple list enumerate sample batch get")
_RETURNED = word_set("prediction predictions preds output outputs out result results hyps")


@dataclass(frozen=True)
class UnreadPart:
    """A name for a part of a batch, and what it is taken with.

    The line is that which takes it, or should read it.
    """

    line: int
    name: str
    part: Part
    beside: tuple[str, ...]


def find_unread_parts(scope: Scope) -> Iterator[UnreadPart]:
    """Give what a scope takes of batches, and never reads.

    An argument counts of a function at the top of the file, none of whose has a default: what
    calls a method, or a hook that is made in a function, may fix what it is given. A layer's
    `weight` is no part of a batch, and an episode's end may be in a target that is made elsewhere.
    """
    if scope.reads_all:
        return
    for line, taken, given in _takings(scope):
        read = {name for name in taken if scope.is_read_from(name, line)}
        for name in taken:
            part = part_named(name, taken)
            if part is None or not read or name in read:
                continue
            if _is_evaluated((scope.name, *taken, *given)) and (
                part == "weight" or (part == "mask" and not leaves_out(scope, name))
            ):
                continue
            others = {part_named(each) for each in read}
            if {part, *others} >= {"mask", "length"} or (part == "length" and part in others):
                continue  # either tells where a row ends, or where another sequence of it does
            if part != "end" and (_is_optional(name, scope) or _is_added_to(name, scope)):
                continue
            if part != "end" or not is_reckoned_with(name, scope):
                at = (find_discounted_line(scope) if part == "end" else None) or line
                yield UnreadPart(at, name, part, tuple(each for each in taken if each != name))


def part_named(name: str, taken: Sequence[str] = ()) -> Part | None:
    """Return what a name says a part of a batch is; None where it says none of these.

    One letter says it beside the others that a transition is `taken` apart by: s, a, r, s2, d.
    """
    if name == "d" and {"s", "a", "r"} <= set(taken):
        return "end"
    found = (part for part, known in _WORDS.items() if words_of(name) & known)
    return None if name.startswith("_") else next(found, None)


def _is_evaluated(names: Sequence[str]) -> bool:
    """Whether one of the names says that rows are not for training."""
    return any(words_of(name) & _EVALUATED for name in names)


def _is_optional(name: str, scope: Scope) -> bool:
    """Whether a scope sets the name to None too, for where there is no such part."""
    return any(
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and node.value.value is None
        and any(isinstance(each, ast.Name) and each.id == name for each in node.targets)
        for node in scope.nodes()
    )


def _is_added_to(name: str, scope: Scope) -> bool:
    """Whether a scope adds to what the name is: to a list, that is read by whoever has it."""
    return any(
        isinstance(node, ast.AugAssign)
        and isinstance(node.target, ast.Name)
        and node.target.id == name
        for node in scope.nodes()
    )


def is_reckoned_with(name: str, scope: Scope) -> bool:
    """Whether something in the file is multiplied by, or added to, what has that name."""
    return any(
        isinstance(each, ast.Name) and each.id == name
        for node in walk(scope.tree)
        if isinstance(node, ast.BinOp)
        for each in (node.left, node.right)
    )


def _takings(scope: Scope) -> Iterator[tuple[int, list[str], set[str]]]:
    """Give the lines of a scope that take a batch apart: the names, and those of what gives it."""
    node = scope.node
    if isinstance(node, Function) and scope.is_top and not node.decorator_list:
        given = node.args
        if not given.defaults:
            names = [one.arg for one in (*given.posonlyargs, *given.args)]
            yield node.lineno, [name for name in names if part_named(name) != "weight"], set()
    for each in scope.nodes():
        match each:
            case ast.For(target=target) if not _gives_names(each.iter):
                yield each.lineno, _names_in(target), names_in(each.iter)
            case ast.Assign(targets=[ast.Tuple() as target]) if _gives_batch(each.value):
                yield each.lineno, _names_in(target), names_in(each.value)


def _names_in(target: ast.AST) -> list[str]:
    """Return the names of a target that is taken apart; none of one that is not."""
    if not any(isinstance(node, ast.Tuple | ast.List) for node in walk(target)):
        return []
    names = (node for node in walk(target) if isinstance(node, ast.Name))
    return [node.id for node in names if isinstance(node.ctx, ast.Store)]


def _gives_names(source: ast.expr) -> bool:
    """Whether a loop is over names and what they name, as `masks.items()` gives them."""
    match source:
        case ast.Call(func=ast.Attribute(attr=name)):
            return name == "items" or name.startswith("named_")
    return False


def _gives_batch(value: ast.expr) -> bool:
    match value:
        case ast.Subscript(value=ast.Attribute(attr="shape")):
            return False
        case ast.Name(id=name) if words_of(name) & _RETURNED:
            return False
        case ast.Name() | ast.Subscript() | ast.ListComp() | ast.GeneratorExp():
            return True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return bool(words_of(name) & _GIVERS) and part_named(name.lstrip("_")) is None
    return False
