"""Returns that add up the rewards before a step, or are computed and then left for the rewards."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.data.data_slips import count_reversals
from backtrace.recording.source.policies.discounted_sums import (
    DiscountedSum,
    factors_of,
    find_discounted_sums,
    terms_of,
)
from backtrace.recording.source.policies.forward_advantages import find_forward_advantages
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    called_name,
    names_in,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import own_nodes, walk

_REWARDS = word_set("rew rews reward rewards")
_RETURNS = word_set("returns ret rets discounted rtg rtgs togo gt adv advs advantage advantages")
_CHANCES = ("log_prob", "logprob", "logp", "log_pi", "logpi", "log_softmax")
_FORMS = word_set("tensor as_tensor FloatTensor Tensor from_numpy array asarray stack cat to float")
_SHAPING = word_set("detach to view reshape squeeze unsqueeze float")


def find_misled_returns(scope: Scope) -> Iterator[Slip]:
    """Give sums from the first reward on, and returns that a loss of the rewards leaves unread.

    A file that turns anything round may have its rewards in the order of the last first.
    """
    slips = [*_find_forward(scope), *_find_unread(scope)]
    if slips and any(map(_is_chance, walk(scope.tree))):  # the whole file is gone through last
        yield from slips


def _find_forward(scope: Scope) -> Iterator[Slip]:
    """Give sums from the first reward on, of a file that turns nothing round, or that look ahead.

    What is added looks ahead where it has the value at the next step, as an advantage has.
    """
    sums = [each for each in find_discounted_sums(scope) if not each.is_backwards]
    kept = [(found, name) for found in sums if (name := _kept_by(found))]
    plain = [each for each in kept if not count_reversals(scope.tree, but=each[1])]
    for found, name in plain:
        yield Slip(found.loop.lineno, "forward-returns", name, found.name)
    if not plain:
        yield from find_forward_advantages(scope)


def _is_chance(node: ast.AST) -> bool:
    return any(each in _name_of(node).lower() for each in _CHANCES)


def _name_of(node: ast.AST) -> str:
    """Return a name, that of what is called, or of what it is but for its shape and graph."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in _SHAPING:
            return _name_of(inner)
        case ast.Call(func=func):
            return _name_of(func)
        case ast.Subscript(value=inner) | ast.UnaryOp(op=ast.USub(), operand=inner):
            return _name_of(inner)
    return ""


def _kept_by(found: DiscountedSum) -> str:
    """Return the list that keeps each sum of rewards as they come; '' where there is none."""
    loop, name = found.loop, found.name
    own = names_in(loop.target)
    over = {word for each in walk(loop.iter) for word in words_of(_name_of(each))}
    bare = [each for each in terms_of(found.statement.value) if len(factors_of(each)) == 1]
    if not over & _REWARDS or not bare or not all(_is_as_it_comes(each, own) for each in bare):
        return ""
    for node in own_nodes(loop):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=kept), attr="append" | "insert"),
                args=[*_, ast.Name(id=put)],
            ) if put == name and _is_of_returns(kept):
                return kept
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name(id=kept), slice=ast.Name(id=at))],
                value=ast.Name(id=put),
            ) if put == name and at in own and _is_of_returns(kept):
                return kept
    return ""


def _is_as_it_comes(node: ast.expr, own: set[str]) -> bool:
    match node:
        case ast.Name(id=name):
            return name in own
        case ast.Subscript(value=value, slice=ast.Name(id=at)):
            return at in own and bool(words_of(_name_of(value)) & _REWARDS)
    return False


def _is_of_returns(name: str) -> bool:
    return bool(words_of(name) & _RETURNS) or name in ("G", "Gs", "R", "Rs")


def _find_unread(scope: Scope) -> Iterator[Slip]:
    """Give returns that nothing reads, where log-probabilities are multiplied with rewards."""
    products = [node for node in scope.nodes() if _is_of_rewards(node)]
    if not products or scope.reads_all or any(map(_makes_rewards_anew, scope.statements())):
        return
    uses: dict[str, list[ast.Name]] = {}
    for node in scope.nodes():
        if isinstance(node, ast.Name) and words_of(node.id) & _RETURNS - {"ret"}:
            uses.setdefault(node.id, []).append(node)
    parents = parents_in(scope.tree)
    for name, found in uses.items():
        is_own = scope.node is scope.tree or not scope.table.lookup(name).is_global()
        is_left = is_own and not scope.is_read_inside(name) and _comes_of_rewards(found, parents)
        read = [each for each in found if isinstance(each.ctx, ast.Load)]
        if is_left and all(_is_kept_on(each, parents) for each in read):
            told = ast.unparse(products[0])[:LONGEST]
            yield Slip(min(each.lineno for each in found), "unread-returns", name, told)


def _makes_rewards_anew(node: ast.stmt) -> bool:
    """Whether rewards are computed of something, and not put into another form alone."""
    return any(
        words_of(_name_of(target)) & _REWARDS
        and isinstance(target, ast.Name)
        and not isinstance(value, ast.List)
        and not (isinstance(value, ast.Call) and called_name(value.func) in _FORMS)
        for target, value in assigned_pairs(node)
    )


def _comes_of_rewards(found: list[ast.Name], parents: dict[int, ast.AST]) -> bool:
    """Whether a line that writes to a name, or the loop that it stands in, has rewards."""
    for each in found:
        above: ast.AST | None = parents.get(id(each))
        while isinstance(above, ast.expr | ast.Assign | ast.Expr | ast.For):
            if any(words_of(_name_of(part)) & _REWARDS for part in walk(above)):
                return isinstance(above, ast.Assign | ast.For)
            above = parents.get(id(above))
    return False


def _is_of_rewards(node: ast.AST) -> bool:
    """Whether log-probabilities are multiplied with rewards as they are."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return any(
                _is_chance(one)
                and bool(words_of(_name_of(other)) & _REWARDS)
                and not words_of(_name_of(other)) & _RETURNS
                for one, other in ((left, right), (right, left))
            )
    return False


def _is_kept_on(node: ast.AST, parents: dict[int, ast.AST]) -> bool:
    """Whether a name is read only to be written anew: appended to, shaped, or normalised."""
    match parents.get(id(node)):
        case ast.Attribute(attr="append" | "insert" | "appendleft" | "reverse"):
            return True
        case ast.Subscript(ctx=ast.Store()):
            return True
    above: ast.AST | None = node
    while above is not None and not isinstance(above, ast.stmt):
        above = parents.get(id(above))
    return (
        isinstance(node, ast.Name)
        and isinstance(above, ast.Assign)
        and [_name_of(each) for each in above.targets] == [node.id]
        and isinstance(above.targets[0], ast.Name)
    )
