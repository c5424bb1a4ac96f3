"""Values of the best action, held against what came of the action that was taken."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.loss_terms import DEEPEST, name_of_network, peel
from backtrace.recording.source.signed_uses import names_in
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import Function, walk

_LOSSES = ("mse", "loss", "huber", "criterion", "l1")
_REWARDS = word_set("r rew rews reward rewards")
_DISCOUNTS = word_set("gamma discount")
_ACTIONS = word_set("a act acts action actions")
# What follows a state, and networks whose values are targets.
_NEXT = word_set("next ns s2 sp nexts new after following successor successors prime later obs2")
_TARGETS = word_set("target targets tgt frozen old slow")
_SHAPING = word_set("squeeze unsqueeze view reshape float flatten")


def find_greedy_values(scope: Scope) -> Iterator[Slip]:
    """Give each `net(states).max(1)` that a loss compares with a reward and what is discounted.

    The states are not those that follow, and the network is none for targets; the file has actions.
    """
    if not any(_names(node) & _REWARDS for node in scope.nodes()):
        return
    outside = LastGiven(scope.tree, scope.tree)
    is_module = scope.node is scope.tree
    values = outside if is_module else LastGiven(scope.tree, scope.node, outside)
    for node in scope.nodes():
        for said, target in _compared(node):
            best = _best_of(said, values, DEEPEST)
            if best is None or not _is_of_states(best, values) or not _has_actions(scope):
                continue
            if _is_target(target, values):
                yield Slip(best.lineno, "greedy", ast.unparse(best)[:LONGEST], _written(target))
                return


def _compared(node: ast.AST) -> list[tuple[ast.expr, ast.expr]]:
    """Return what a loss compares, either with the other."""
    match node:
        case ast.Call(func=func, args=[one, other, *_]):
            if not any(word in called_name(func).lower() for word in _LOSSES):
                return []
        case ast.BinOp(left=ast.BinOp(left=one, op=ast.Sub(), right=other), op=ast.Pow()):
            pass
        case ast.Call(
            func=ast.Attribute(
                value=ast.BinOp(left=one, op=ast.Sub(), right=other), attr="pow" | "square"
            )
        ):
            pass
        case _:
            return []
    return [(one, other), (other, one)]


def _best_of(node: ast.expr, values: LastGiven, most: int) -> ast.Call | None:
    """Return the call of `max` over the actions that an expression is, but for its shape."""
    inner: ast.expr | None = None
    match node:
        case ast.Name():
            given = values.follow(node)
            inner = given if given is not node else None
        case ast.Subscript(value=ast.Call() as best, slice=ast.Constant(value=0)):
            return best if _is_max(best, "max") else None
        case ast.Attribute(value=ast.Call() as best, attr="values"):
            return best if _is_max(best, "max") else None
        case ast.Call(func=ast.Attribute(value=shaped, attr=attr)) if attr in _SHAPING:
            inner = shaped
        case ast.Call():
            return node if _is_max(node, "amax") or _is_max(node, "max") else None
    return _best_of(inner, values, most - 1) if inner is not None and most else None


def _is_max(node: ast.Call, name: str) -> bool:
    """Whether a call is of this name, and over one axis that is not the first."""
    if called_name(node.func) != name:
        return False
    of_torch = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "torch"
    axes = node.args[1:] if of_torch else node.args
    axes = [*axes, *(each.value for each in node.keywords if each.arg in ("dim", "axis"))]
    return bool(axes) and ast.unparse(axes[0]) in ("1", "-1", "2")


def _is_of_states(best: ast.Call, values: LastGiven) -> bool:
    """Whether it is the maximum of what a network says of states, and not of those that follow."""
    func = best.func
    of_torch = isinstance(func, ast.Attribute) and ast.unparse(func.value) == "torch"
    given = best.args[0] if of_torch else func.value if isinstance(func, ast.Attribute) else best
    said = peel(given, values)
    if not isinstance(said, ast.Call) or not name_of_network(said) or not said.args:
        return False
    names = {word for each in names_in(said) for word in words_of(each)}
    state = said.args[0]
    followed = values.follow(state)
    behind = {word for each in names_in(followed) for word in words_of(each)}
    is_next = any(each.endswith("_") for each in (*names_in(state), *names_in(followed)))
    return not (names | behind) & (_NEXT | _TARGETS) and not is_next


def _is_target(node: ast.expr, values: LastGiven) -> bool:
    """Whether an expression is made of rewards and of what is discounted."""
    words, seen, left = set[str](), {id(node)}, [node]
    has_share = False
    while left:
        for each in walk(left.pop()):
            words |= _names(each)
            has_share |= isinstance(each, ast.Constant) and _is_share(each.value)
            if isinstance(each, ast.Name) and not words_of(each.id) & _REWARDS:
                given = values.follow(each)
                if id(given) not in seen:
                    seen.add(id(given))
                    left.append(given)
    return bool(words & _REWARDS) and (has_share or bool(words & _DISCOUNTS))


def _is_share(value: object) -> bool:
    return isinstance(value, float) and 0.5 <= value < 1


def _has_actions(scope: Scope) -> bool:
    """Whether what is taken from memory has actions, in this function or as its arguments."""
    node = scope.node
    given = [each.arg for each in node.args.args] if isinstance(node, Function) else []
    words = {word for name in given for word in words_of(name)}
    return bool((words | {w for each in scope.nodes() for w in _names(each)}) & _ACTIONS)


def _names(node: ast.AST) -> frozenset[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return words_of(name)
        case ast.Constant(value=str() as name) if name.isidentifier():
            return words_of(name)
    return frozenset()


def _written(target: ast.expr) -> str:
    return ast.unparse(target)[:LONGEST]
