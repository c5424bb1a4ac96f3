"""An actor that is stepped down the values which a critic learns from rewards."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.loss_terms import (
    COSTS,
    DEEPEST,
    Terms,
    expand,
    is_method,
    name_of_network,
    peel,
    roots_of,
)
from backtrace.recording.source.signed_uses import names_in
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    called_name,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_GAINS = word_set("r rew rews reward rewards ret rets return returns")
_LOSSES = ("mse", "loss", "huber", "criterion", "l1")


def find_actor_signs(scope: Scope) -> Iterator[Slip]:
    """Give each critic's value of an actor's own action that goes backward without a minus.

    The critic is held against rewards in a loss of the file, and the optimizer that steps next was
    not made of its parameters. Where a minus stands before the same critic's value elsewhere, one
    of two actors is an adversary, and nothing is given.
    """
    if scope.node is not scope.tree or not _may_have(scope.tree):
        return
    shared = LastGiven(scope.tree, scope.tree)
    places = [(scope.tree, shared)] + [
        (node, LastGiven(scope.tree, node, shared))
        for node in walk(scope.tree)
        if isinstance(node, Function)
    ]
    critics = {name for node, values in places for name in _critics_of(node, values)}
    if not critics:
        return
    found = [
        (root, term, sign)
        for node, values in places
        for root in roots_of(node)
        for term, sign in _values_of(root, values, critics)
    ]
    if any(sign < 0 for _, _, sign in found):
        return
    for root, term, _ in found:
        made = _optimizer_behind(scope.tree, root)
        stems = {each.partition(".")[0] for each in critics}
        if made and not any(re.search(rf"\b{re.escape(each)}\b", made) for each in stems):
            yield Slip(term.lineno, "actor", ast.unparse(term)[:LONGEST], name_of_network(term))


def _may_have(tree: ast.Module) -> bool:
    """Whether two losses go backward in a file that has a word for what is rewarded."""
    roots, words = 0, frozenset[str]()
    for node in walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="backward"), args=[]):
                roots += 1
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                words |= words_of(name) & _GAINS
            case ast.Constant(value=str() as name) if len(name) < LONGEST:
                words |= words_of(name) & _GAINS
    return roots > 1 and bool(words)


def _critics_of(scope: ast.AST, values: LastGiven) -> Iterator[str]:
    """Give the names of what is held against rewards in a loss."""
    for node in own_nodes(scope):
        match node:
            case ast.Call(func=func, args=[one, other, *_]):
                if not any(word in called_name(func).lower() for word in _LOSSES):
                    continue
            case ast.BinOp(left=ast.BinOp(left=one, op=ast.Sub(), right=other), op=ast.Pow()):
                pass
            case ast.Call(
                func=ast.Attribute(value=ast.BinOp(left=one, op=ast.Sub(), right=other), attr="pow")
            ):
                pass
            case _:
                continue
        for said, target in ((one, other), (other, one)):
            name = name_of_network(peel(said, values))
            if name and _is_of_gains(target, values):
                yield name


def _is_of_gains(node: ast.expr, values: LastGiven) -> bool:
    """Whether a sum has a term that is a reward, with a plus, and none that is a cost."""
    terms = expand(node, 1, values, DEEPEST, _GAINS | COSTS)
    words = [(_words_in(term), sign) for term, sign in terms]
    return any(each & _GAINS and sign > 0 for each, sign in words) and not any(
        each & COSTS or (each & _GAINS and sign < 0) for each, sign in words
    )


def _words_in(node: ast.expr) -> frozenset[str]:
    texts = [each.value for each in walk(node) if isinstance(each, ast.Constant)]
    names = names_in(node) + [each for each in texts if isinstance(each, str)]
    return frozenset(word for name in names for word in words_of(name))


def _values_of(root: ast.expr, values: LastGiven, critics: set[str]) -> Terms:
    """Return the terms of a loss that are a critic's value of what an actor does, and their signs.

    Where a critic stands in anything else of it, too, it is no actor's loss: nothing.
    """
    terms = expand(root, 1, values, DEEPEST, frozenset())
    own = [(term, sign) for term, sign in terms if _is_of(name_of_network(term), critics)]
    others = [term for term, _ in terms if not _is_of(name_of_network(term), critics)]
    if any(_is_of(name_of_network(each), critics) for term in others for each in _calls_in(term)):
        return []
    is_acted = all(sign < 0 or _has_actor(term, values, DEEPEST) for term, sign in own)
    return own if is_acted and len({sign for _, sign in own}) == 1 else []


def _is_of(name: str, critics: set[str]) -> bool:
    return any(name == each or name.startswith(each + ".") for each in critics)


def _calls_in(node: ast.expr) -> Iterator[ast.Call]:
    return (each for each in walk(node) if isinstance(each, ast.Call))


def _has_actor(node: ast.AST, values: LastGiven, most: int) -> bool:
    """Whether what a critic is given comes from a network, or a distribution, and has a graph."""
    given = node.args if isinstance(node, ast.Call) else [node]
    for each in (part for one in given for part in walk(one)):
        match each:
            case ast.Call(func=ast.Attribute(attr="detach")):
                return False
            case ast.Call(func=ast.Attribute(attr="rsample")):
                return True
            case ast.Call(func=ast.Name() | ast.Attribute()):
                if name_of_network(each) and not is_method(each):
                    return True
            case ast.Name() if most:
                made = values.follow(each)
                if made is not each and _has_actor(ast.Tuple([made]), values, most - 1):
                    return True
    return False


def _optimizer_behind(tree: ast.Module, root: ast.expr) -> str:
    """Return what the optimizer was made of that steps next, '' where that is not plain."""
    parents = parents_in(tree)
    above: ast.AST = root
    while not isinstance(above, Function | ast.Module):
        above = parents[id(above)]
    steps = [
        ((node.lineno, node.col_offset), node.func.value)
        for node in own_nodes(above)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "step"
        and (node.lineno, node.col_offset) >= (root.lineno, root.col_offset)
    ]
    if not steps:
        return ""
    name = ast.unparse(min(steps, key=lambda each: each[0])[1])
    made = [
        ast.unparse(value)
        for node in walk(tree)
        if isinstance(node, ast.stmt)
        for target, value in assigned_pairs(node)
        if ast.unparse(target) == name
    ]
    is_plain = len(made) == 1 and "parameters" in made[0] and "maximize" not in made[0]
    return made[0] if is_plain else ""
