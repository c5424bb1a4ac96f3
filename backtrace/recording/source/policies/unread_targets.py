"""What a target network says of the states that follow, computed and not used."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import walk

_TARGETS = word_set("target targets tgt")
_REWARDS = word_set("r rew rews reward rewards")
_DISCOUNTS = word_set("gamma discount")
_DOUBLE = ("double", "ddqn")
_BEST = word_set("max amax")
_KEPT = word_set("load_state_dict parameters state_dict")


def find_unread_targets(scope: Scope) -> Iterator[Slip]:
    """Give each value of a target network that nothing reads, or nothing without double Q-learning.

    In the first case rewards are discounted beside it; in the second, the other branch takes the
    best of what the network that is trained says.
    """
    if scope.reads_all or not any(_names(node) & _TARGETS for node in walk(scope.node)):
        return
    for node in scope.nodes():
        if isinstance(node, ast.Assign) and _are_discounted(scope):
            for target, value in _pairs(node):
                network = _target_of(value, scope.tree)
                is_alone = network and _count_calls(network, scope) == 1
                if is_alone and not scope.is_read(target.id):
                    told = ast.unparse(value)[:LONGEST]
                    yield Slip(node.lineno, "target-unread", told, target.id)
        if isinstance(node, ast.If) and _is_of_double(node.test):
            yield from _in_one_branch(node, scope)


def _pairs(node: ast.Assign) -> Iterator[tuple[ast.Name, ast.expr]]:
    match node.targets, node.value:
        case [ast.Name() as target], value:
            yield target, value
        case [ast.Tuple(elts=names)], ast.Tuple(elts=values):
            for name, value in zip(names, values, strict=False):
                if isinstance(name, ast.Name):
                    yield name, value


def _names(node: ast.AST) -> frozenset[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
            return words_of(name)
    return frozenset()


def _are_discounted(scope: Scope) -> bool:
    """Whether a function adds to a reward what is multiplied by a discount."""
    return any(
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Add)
        and any(_names(each) & _REWARDS for each in walk(node))
        and any(_names(each) & _DISCOUNTS or _is_share(each) for each in walk(node))
        for node in scope.nodes()
    )


def _is_share(node: ast.AST) -> bool:
    """Whether this is a discount as a number, such as 0.99."""
    return isinstance(node, ast.Constant) and type(node.value) is float and 0.8 < node.value < 1


def _target_of(value: ast.expr, tree: ast.Module) -> str:
    """Return the network, called a target, that says what a value is made of; '' if none does."""
    for each in walk(value):
        if isinstance(each, ast.Call) and each.args and words_of(called_name(each.func)) & _TARGETS:
            name = called_name(each.func)
            return name if _is_network(name, tree) else ""
    return ""


def _count_calls(network: str, scope: Scope) -> int:
    return sum(
        isinstance(node, ast.Call) and called_name(node.func) == network for node in scope.nodes()
    )


def _is_network(name: str, tree: ast.Module) -> bool:
    """Whether a file asks what is called so for its state or its parameters, as it does a model."""
    return any(
        isinstance(node, ast.Attribute) and node.attr in _KEPT and called_name(node.value) == name
        for node in walk(tree)
    )


def _is_of_double(test: ast.expr) -> bool:
    return any(
        word in name.lower() for name in map(called_name, _parts(test)) for word in _DOUBLE
    ) and not any(isinstance(each, ast.Not) for each in walk(test))


def _parts(test: ast.expr) -> Iterator[ast.expr]:
    return (each for each in walk(test) if isinstance(each, ast.Name | ast.Attribute))


def _in_one_branch(node: ast.If, scope: Scope) -> Iterator[Slip]:
    """Give the best of a network that is trained, where the other branch reads its target's."""
    inside = {each.id for stmt in node.body for each in walk(stmt) if isinstance(each, ast.Name)}
    told = {each for each in inside if words_of(each) & _TARGETS}
    for stmt in node.orelse:
        if any(_names(each) & _TARGETS for each in walk(stmt) if not _is_stored(each)):
            return
    for stmt in node.orelse:
        for each in walk(stmt):
            of = _best_of(each)
            twins = [name for name in told if of and words_of(name) - _TARGETS == words_of(of)]
            if len(twins) == 1 and _reads(scope, twins[0]) == _reads_in(node.body, twins[0]):
                yield Slip(stmt.lineno, "target-unread", f"{of}.max()", twins[0])


def _is_stored(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _best_of(node: ast.AST) -> str:
    """Return the name whose largest values a call takes; '' of anything else."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr=attr), args=[of, *_]):
            return called_name(of) if attr in _BEST else ""
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if attr in _BEST:
            return name
    return ""


def _reads(scope: Scope, name: str) -> int:
    return sum(_is_read(node, name) for node in scope.nodes())


def _reads_in(body: list[ast.stmt], name: str) -> int:
    return sum(_is_read(each, name) for stmt in body for each in walk(stmt))


def _is_read(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
