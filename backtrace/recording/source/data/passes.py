"""Loops through loaders: what each of them keeps of its batches, in lists and by their numbers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.bound_calls import Named, root_of
from backtrace.recording.source.source_file import called_name, parents_in, word_set, words_of
from backtrace.recording.source.walks import functions_in, own_nodes, walk

# What makes one thing of a list, in its order.
JOINS = word_set("cat concat concatenate stack vstack hstack array asarray tensor list tuple")
# What makes another form of a thing.
FORMS = word_set("to cpu cuda numpy detach float half clone contiguous long int double tolist")
_WRAPPERS = word_set("enumerate tqdm trange track progress_bar")
# One number of a batch says how it went, and is looked at, not learned from.
_MEASURES = word_set("loss losses acc accuracy time times score scores metric metrics")
_PAIRS = ast.Tuple | ast.List | ast.Dict
_LIBRARIES = word_set("torch np numpy device")
_COUNTS = word_set("item len float int")


@dataclass(frozen=True)
class Fill:
    """A loop in the scope `at` keeps something made of each batch in the list or dict `name`.

    `node` is what keeps it, `item` what is kept, `line` that of what the loop goes through, and
    `drawn` are the names that stand for a batch's own parts.
    """

    at: ast.AST
    loop: ast.For | ast.ListComp
    node: ast.AST
    name: Named
    item: ast.expr
    line: int
    drawn: frozenset[str]

    @property
    def is_made(self) -> bool:
        """Whether a call makes what is kept, and it is not one number."""
        calls = {called_name(e.func) for e in walk(self.item) if isinstance(e, ast.Call)}
        is_measure = bool(words_of(called_name(self.name)) & _MEASURES)
        return bool(calls) and not calls & _COUNTS and not is_measure

    @property
    def is_part(self) -> bool:
        """Whether it is a part of the batch as it is."""
        return names_in(self.item) - _LIBRARIES <= self.drawn


def list_scopes(tree: ast.Module) -> list[ast.AST]:
    """Return the file and its functions."""
    return [tree, *functions_in(tree)]


def stands_in(tree: ast.Module, node: ast.AST, other: ast.AST) -> bool:
    """Whether a node stands anywhere within another."""
    above = parents_in(tree).get(id(node))
    while above is not None and above is not other:
        above = parents_in(tree).get(id(above))
    return above is other


def goes_through(over: ast.expr) -> bool:
    """Whether a loop goes through something that has a name, counted or not."""
    match over:
        case ast.Call(func=func, args=[inner, *_]) if called_name(func) in _WRAPPERS:
            return goes_through(inner)
    return isinstance(over, Named) and bool(root_of(over))


def counted_by(loop: ast.For) -> str:
    """Return the number of a turn, by its name: `i` of `for i, x in enumerate(loader)`; or ''."""
    over = loop.iter
    while isinstance(over, ast.Call) and called_name(over.func) in _WRAPPERS and over.args:
        if called_name(over.func) == "enumerate" and goes_through(over):
            match loop.target:
                case ast.Tuple(elts=[ast.Name(id=counter), *_]) if len(over.args) == 1:
                    return counter
        over = over.args[0]
    return ""


def find_fills(tree: ast.Module) -> Iterator[Fill]:
    """Give all that is kept of batches."""
    for at in list_scopes(tree):
        for node in own_nodes(at):
            if isinstance(node, ast.For) and goes_through(node.iter):
                yield from _kept_in(at, node)
            elif isinstance(node, ast.Assign):
                yield from _listed_in(at, node)


def _listed_in(at: ast.AST, node: ast.Assign) -> Iterator[Fill]:
    """Give what a statement keeps of each batch at once: `kept = [model(x) for x, _ in loader]`."""
    value = node.value
    while isinstance(value, ast.Call):
        match value:
            case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in FORMS:
                value = inner
            case ast.Call(func=func, args=[first, *_]) if called_name(func) in JOINS:
                value = first
            case _:
                return
    match node.targets, value:
        case [ast.Name() | ast.Attribute() as name], ast.ListComp(
            elt=item, generators=[ast.comprehension(ifs=[]) as each]
        ):
            drawn = frozenset(names_in(each.target))
            is_pair = isinstance(item, _PAIRS)
            if not is_pair and root_of(name) and goes_through(each.iter) and names_in(item) & drawn:
                yield Fill(at, value, node, name, item, each.iter.lineno, drawn)


def _kept_in(at: ast.AST, loop: ast.For) -> Iterator[Fill]:
    counter, drawn = counted_by(loop), names_in(loop.target)
    drawn -= {counter}
    made: dict[str, ast.expr] = {}
    known = set(drawn)
    inside = [each for each in own_nodes(loop) if isinstance(each, ast.stmt)]
    for node in sorted(inside, key=lambda each: each.lineno):
        match node:
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name() | ast.Attribute() as name, attr=attr),
                    args=[item],
                )
            ) if attr in ("append", "extend") and root_of(name):
                kept: ast.expr | None = item
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name() | ast.Attribute() as name, slice=index)],
                value=item,
            ) if isinstance(index, ast.Name) and index.id == counter and root_of(name):
                kept = item
            case ast.Assign(targets=targets, value=value):
                names = {each for target in targets for each in names_in(target)}
                if names_in(value) & known:
                    known |= names
                    made |= dict.fromkeys(names, value)
                continue
            case _:
                continue
        kept = made.get(item.id, item) if isinstance(item, ast.Name) else item
        if names_in(item) & known and not isinstance(kept, _PAIRS):
            yield Fill(at, loop, node, name, kept, loop.iter.lineno, frozenset(drawn))


def names_in(node: ast.AST) -> frozenset[str]:
    """Return the variables that stand in a node."""
    return frozenset(each.id for each in walk(node) if isinstance(each, ast.Name))
