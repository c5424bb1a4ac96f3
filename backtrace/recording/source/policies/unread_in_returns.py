"""Ends of episodes that a loop over returns or advantages is given, and never reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.data.unread_parts import UnreadPart, find_unread_parts
from backtrace.recording.source.policies.discounted_sums import DiscountedSum, find_discounted_sums
from backtrace.recording.source.policies.one_episode import how_collected
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    names_in,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_ENDS = word_set(
    "done dones terminal terminals terminated terminations notdone notdones nonterminal "
    "nonterminals mask masks"
)
# Of names that are read, these may say where an episode ends, too: by a word, or a part of one.
_OTHER_ENDS = word_set(
    "end ends continues continuation cont reset resets first firsts start starts episode "
    "episodes boundary boundaries length lengths lens path paths term valid over"
)
_PARTS_OF_ENDS = ("done", "termin", "trunc", "mask", "alive")
_REWARDS = word_set("r rew rews reward rewards")
_PLAIN_BASES = word_set("object Module ABC Dataset IterableDataset")
_FILLED_BY = word_set("append extend clear push insert zero_ fill_")


def find_unread_in_returns(scope: Scope) -> Iterator[UnreadPart]:
    """Give the ends beside a sum from the last reward to the first that nothing there reads.

    They are an argument, a part of what is taken apart, or kept in an attribute. Where the file
    collects one episode at a time, none of them is needed.
    """
    sums = [each for each in find_discounted_sums(scope) if each.is_backwards]
    if not sums or scope.reads_all or any(_asks_more(scope, each.loop) for each in sums):
        return
    collected = how_collected(scope)
    if collected == "one":
        return
    known = {each.name for each in find_unread_parts(scope)}
    kept = _find_kept(scope, sums) if collected == "on" else ()
    for found in (
        *_find_argument(scope),
        *_find_taken(scope),
        *_find_attribute(scope, sums),
        *kept,
    ):
        if found.name not in known and not _knows_ends(scope, sums, found):
            known.add(found.name)
            yield found


def _find_argument(scope: Scope) -> Iterator[UnreadPart]:
    """Give arguments, but those that may be left out, or that a base class asks for."""
    node = scope.node
    if not isinstance(node, Function) or not _is_free(scope, node):
        return
    needed = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
    needed = needed[: len(needed) - len(node.args.defaults)]
    beside = tuple(name for name in needed if name != "self" and scope.is_read(name))
    for name in needed if beside else ():
        if words_of(name) & _ENDS and not name.startswith("_") and not scope.is_read(name):
            yield UnreadPart(node.lineno, name, "end", beside)


def _is_free(scope: Scope, node: Function) -> bool:
    """Whether a function may take what it likes."""
    above = parents_in(scope.tree).get(id(node))
    bases = above.bases if isinstance(above, ast.ClassDef) else []
    is_method = isinstance(above, ast.ClassDef)
    is_plain = all(called_name(each) in _PLAIN_BASES for each in bases)
    return is_plain and (is_method or isinstance(above, ast.Module))


def _find_taken(scope: Scope) -> Iterator[UnreadPart]:
    """Give what is taken apart with rewards, but of what an environment returns."""
    for node in scope.nodes():
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=parts)], value=value):
                is_step = isinstance(value, ast.Call) and "step" in called_name(value.func)
                names = [each.id for each in parts if isinstance(each, ast.Name)]
                said = dict.fromkeys(names) if not is_step else {}
                yield from _unread(scope, node.lineno, {name: name for name in said})
            case ast.For(target=target) if _source_of(node.iter):
                parts = target.elts if isinstance(target, ast.Tuple) else []
                pairs = zip(parts, _source_of(node.iter), strict=False)
                named = {each.id: said for each, said in pairs if isinstance(each, ast.Name)}
                yield from _unread(scope, node.lineno, named)


def _source_of(node: ast.expr) -> list[str]:
    """Return the names of what is zipped, turned round or not."""
    match node:
        case ast.Call(func=ast.Name(id="zip"), args=args):
            return [_last_name(each) for each in args]
        case ast.Call(func=ast.Name(id="reversed" | "list" | "tuple"), args=[inner]):
            return _source_of(inner)
        case ast.Subscript(value=inner, slice=ast.Slice()):
            return _source_of(inner)
    return []


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=inner) | ast.Call(args=[inner, *_]):
            return _last_name(inner)
    return ""


def _unread(scope: Scope, line: int, named: dict[str, str]) -> Iterator[UnreadPart]:
    """Give the names that are, or are taken of, ends beside rewards that are read."""
    read = tuple(name for name in named if scope.is_read(name))
    if not any((words_of(name) | words_of(named[name])) & _REWARDS for name in read):
        return
    for name, said in named.items():
        is_end = (words_of(name) | words_of(said)) & _ENDS
        if is_end and name not in read and not name.startswith("_"):
            yield UnreadPart(line, name, "end", read)


def _find_attribute(scope: Scope, sums: list[DiscountedSum]) -> Iterator[UnreadPart]:
    """Give what a class fills beside its rewards, and nothing in the file reads."""
    node = scope.node
    above = parents_in(scope.tree).get(id(node))
    if not isinstance(above, ast.ClassDef) or not _is_free(scope, node):  # type: ignore[arg-type]
        return
    read = tuple(
        dict.fromkeys(
            each.attr
            for one in sums
            for each in walk(one.loop)
            if isinstance(each, ast.Attribute) and _is_own(each)
        )
    )
    if not any(words_of(name) & _REWARDS for name in read):
        return
    filled = {
        each.attr: each.lineno
        for each in walk(above)
        if isinstance(each, ast.Attribute) and _is_own(each) and words_of(each.attr) & _ENDS
        if not each.attr.startswith("_") and _is_filled(scope, each)
    }
    for name, line in filled.items():
        uses = (
            each
            for each in walk(scope.tree)
            if isinstance(each, ast.Attribute) and each.attr == name
        )
        if all(_is_written(scope, each) for each in uses):
            yield UnreadPart(line, f"self.{name}", "end", tuple(f"self.{each}" for each in read))


def _is_own(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "self"


def _is_filled(scope: Scope, node: ast.expr) -> bool:
    """Whether something is put into what a name holds: by an index, or appended."""
    above = parents_in(scope.tree).get(id(node))
    match above:
        case ast.Subscript(ctx=ast.Store()):
            return above.value is node
        case ast.Attribute(attr=name):
            return name in ("append", "extend", "push")
    return False


def _is_written(scope: Scope, node: ast.expr) -> bool:
    """Whether a use of a name does not read what it holds."""
    above = parents_in(scope.tree).get(id(node))
    match above:
        case ast.Subscript(ctx=ast.Store() | ast.Del()):
            return above.value is node
        case ast.Attribute(attr=name):
            return name in _FILLED_BY
    return isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del)


def _find_kept(scope: Scope, sums: list[DiscountedSum]) -> Iterator[UnreadPart]:
    """Give lists that are filled beside that of the rewards, and that nothing reads."""
    read = tuple(
        dict.fromkeys(
            each.id
            for one in sums
            for each in walk(one.loop)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)
        )
    )
    beside = tuple(name for name in read if words_of(name) & _REWARDS)
    uses: dict[str, list[ast.Name]] = {}
    for each in scope.nodes() if beside else ():
        if isinstance(each, ast.Name) and words_of(each.id) & _ENDS:
            uses.setdefault(each.id, []).append(each)
    for name, found in uses.items():
        filled = [each for each in found if _is_filled(scope, each)]
        is_own = not scope.table.lookup(name).is_global() or scope.node is scope.tree
        is_unread = is_own and not scope.is_read_inside(name)
        if filled and is_unread and all(_is_written(scope, each) for each in found):
            yield UnreadPart(filled[0].lineno, name, "end", beside)


def _knows_ends(scope: Scope, sums: list[DiscountedSum], unread: UnreadPart) -> bool:
    """Whether what the sums read, or all of a function of its own, may say where episodes end."""
    is_own = isinstance(scope.node, Function) and not any(
        isinstance(each, ast.Call) and called_name(each.func) == "step" for each in scope.nodes()
    )
    taken = {
        id(part)
        for each in scope.nodes()
        if isinstance(each, ast.For) and each.lineno == unread.line
        for part in walk(each.iter)
    }
    looked = scope.nodes() if is_own else (part for one in sums for part in walk(one.loop))
    name = unread.name.removeprefix("self.")
    return any(_says_end(each, name) for each in looked if id(each) not in taken)


def _says_end(node: ast.AST, unread: str) -> bool:
    match node:
        case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name, ctx=ast.Load()):
            name = name.lower()
        case ast.Name(id=name, ctx=ast.Del()):
            return name == unread
        case ast.Constant(value=str(name)) if name.isidentifier():
            pass
        case _:
            return False
    return name != unread and (
        bool(words_of(name) & _OTHER_ENDS) or any(part in name for part in _PARTS_OF_ENDS)
    )


def _asks_more(scope: Scope, loop: ast.For) -> bool:
    """Whether a loop asks for more than how far it is, or goes over one of several episodes."""
    counted = names_in(loop.target)
    counted |= names_in(loop.iter) | {"len"}
    for node in own_nodes(loop):
        if isinstance(node, ast.If | ast.IfExp):
            names = names_in(node.test)
            if names - counted - {"self"}:
                return True
    return any(
        isinstance(outer, ast.For)
        and outer is not loop
        and any(each is loop for each in own_nodes(outer))
        and names_in(outer.target) & counted
        for outer in scope.nodes()
    )
