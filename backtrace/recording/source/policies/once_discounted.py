"""Targets of n steps whose last value is discounted as one step's."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.plain_numbers import numbers_given
from backtrace.recording.source.policies.discounted_sums import (
    factors_of,
    is_backwards,
    terms_of,
)
from backtrace.recording.source.policies.unmasked_targets import is_reward, says_end
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import walk

_DISCOUNTS = word_set("gamma gam discount")
_VALUES = word_set(
    "v q vs qs value values next target tgt critic quantiles dist expected max best bootstrap"
)
_STEPS = word_set("n_step n_steps nstep nsteps multi_step multi_steps multistep n_multi_step")
_LOOPS = ast.For | ast.ListComp | ast.GeneratorExp
_POWERS = word_set("pow power float_power")
_SHAPING = word_set("view reshape squeeze unsqueeze float detach to cuda")


def find_once_discounted(scope: Scope) -> Iterator[Slip]:
    """Give each `reward + gamma * mask * next` in a file whose rewards are sums of n of them.

    The file discounts a buffer of n steps by a power, and nothing else: gamma ** n stands nowhere.
    """
    for node in scope.nodes():
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
            continue
        terms = terms_of(node)
        rest = [each for each in terms if not is_reward(each)]
        if len(terms) != 2 or len(rest) != 1 or _is_of_one_row(node, scope):
            continue
        discount = _discount_of(rest[0])
        if discount is None or not numbers_given(_last(discount), scope.tree):
            continue
        steps = _steps_of(scope.tree)
        if steps is not None and _sums_alone(steps, scope):
            name = ast.unparse(rest[0])[:LONGEST]
            beside = f"{ast.unparse(discount)} ** {ast.unparse(steps)}"[:LONGEST]
            yield Slip(rest[0].lineno, "once-discounted", name, beside)


def _discount_of(term: ast.expr) -> ast.expr | None:
    """Return the discount of a value of the next state, which ends may multiply as well."""
    factors = [each for each in factors_of(term) if not _is_end(each)]
    discounts = [each for each in factors if words_of(_last(each)) & _DISCOUNTS]
    values = [each for each in factors if each not in discounts]
    if len(discounts) != 1 or len(values) != 1 or _is_looked_up(values[0]):
        return None
    words: set[str] = set()
    for each in walk(values[0]):
        words |= words_of(_last(each))
    return discounts[0] if words & _VALUES else None


def _is_looked_up(node: ast.expr) -> bool:
    """Whether a value is one of a table's, `v[n]` or `q[state].max()`, and none of a network."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner)):
            return _is_looked_up(inner)
        case ast.Subscript(value=ast.Name() | ast.Attribute(), slice=ast.Name() | ast.Tuple()):
            return True
    return False


def _is_end(node: ast.expr) -> bool:
    match node:
        case ast.BinOp(left=ast.Constant(), op=ast.Sub(), right=right):
            return _is_end(right)
        case ast.UnaryOp(operand=inner) | ast.Subscript(value=inner):
            return _is_end(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in _SHAPING:
            return _is_end(inner)
    return says_end(node)


def _last(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=ast.Name(), slice=ast.Constant(value=str(name))):
            return name
    return ""


def _steps_of(tree: ast.Module) -> ast.expr | None:
    """Return a number of steps above 1 that a file gives and reads, as it is written."""
    for node in walk(tree):
        if not isinstance(node, ast.Name | ast.Attribute) or not isinstance(node.ctx, ast.Load):
            continue
        if _last(node).lower() in _STEPS:
            numbers = numbers_given(_last(node), tree)
            if numbers and min(numbers) > 1:
                return node
    return None


def _sums_alone(steps: ast.expr, scope: Scope) -> bool:
    """Whether a buffer of that many steps is summed, and no other power of a discount is taken."""
    summed, counted = False, set[int]()
    for loop in walk(scope.tree):
        if not isinstance(loop, _LOOPS):
            continue
        names = _counters_of(loop)
        powers = [
            each
            for each in walk(loop)
            if _is_power(each) and isinstance(each, ast.BinOp) and _last(each.right) in names
        ]
        counted |= {id(each) for each in powers}
        summed |= bool(powers) and _is_of_buffer(loop, scope.tree)
    for node in walk(scope.tree):  # what an evaluation adds up: gamma ** (t - 1) * reward
        factors = factors_of(node) if isinstance(node, ast.BinOp) else []
        if any(map(is_reward, factors)):
            counted |= {id(each) for each in factors if _is_power(each)}
    others = [each for each in walk(scope.tree) if _is_power(each) and id(each) not in counted]
    return (summed or _is_carried(scope.tree)) and not others


def _counters_of(loop: ast.AST) -> set[str]:
    targets = [loop.target] if isinstance(loop, ast.For) else []
    if isinstance(loop, ast.ListComp | ast.GeneratorExp):
        targets = [each.target for each in loop.generators]
    return {each.id for one in targets for each in walk(one) if isinstance(each, ast.Name)}


def _is_power(node: ast.AST) -> bool:
    """Whether a discount is raised to a power, or multiplied by itself step by step."""
    match node:
        case ast.BinOp(left=left, op=ast.Pow()):
            is_share = isinstance(left, ast.Constant) and isinstance(left.value, float)
            return bool(words_of(_last(left)) & _DISCOUNTS) or is_share
        case ast.AugAssign(op=ast.Mult(), value=value):
            return bool(words_of(_last(value)) & _DISCOUNTS)
        case ast.Call(func=func, args=[_, *_]):
            return called_name(func) in _POWERS and any(
                words_of(_last(each)) & _DISCOUNTS for each in walk(node)
            )
    return False


def _is_of_buffer(loop: ast.AST, tree: ast.Module) -> bool:
    """Whether a loop reads a buffer that has n steps, by its name or by how long it may be."""
    read = {_last(each) for each in walk(loop)} - {""}
    return any(_is_of_steps(each) for each in read) or bool(read & _bounded_in(tree))


def _is_of_steps(name: str) -> bool:
    """Whether something is called a buffer of n steps: `nstep_buffer`."""
    lowered = name.lower()
    return lowered not in _STEPS and any(
        lowered.startswith(f"{each}_") or lowered.endswith(f"_{each}") for each in _STEPS
    )


def _bounded_in(tree: ast.Module) -> set[str]:
    """Return what a file compares in length with n steps, or makes a deque of that length."""
    found = set[str]()
    for node in walk(tree):
        match node:
            case ast.Compare(
                left=ast.Call(func=ast.Name(id="len"), args=[inner]), comparators=[other]
            ) if _last(other).lower() in _STEPS:
                found.add(_last(inner))
            case ast.Assign(targets=[target], value=ast.Call(func=func, keywords=keywords)):
                lengths = [each.value for each in keywords if each.arg == "maxlen"]
                if called_name(func) == "deque" and lengths and _last(lengths[0]).lower() in _STEPS:
                    found.add(_last(target))
    return found - {""}


def _is_carried(tree: ast.Module) -> bool:
    """Whether a buffer of n steps is summed from its end, discounted once at each step."""
    for loop in walk(tree):
        if isinstance(loop, ast.For) and _is_of_buffer(loop.iter, tree):
            for node in walk(loop):
                match node:
                    case ast.Assign(targets=[ast.Name(id=name)], value=value):
                        read = {_last(each) for each in walk(value)}
                        words = {word for each in read for word in words_of(each)}
                        if name in read and words & _DISCOUNTS:
                            return True
    return False


def _is_of_one_row(node: ast.AST, scope: Scope) -> bool:
    """Whether a sum is one step of a loop: over a buffer, from the end, or of its own index."""
    parents = parents_in(scope.tree)
    read = {
        inner.id
        for each in walk(node)
        if isinstance(each, ast.Subscript)
        for inner in walk(each.slice)
        if isinstance(inner, ast.Name)
    }
    above = parents.get(id(node))
    while above is not None and above is not scope.node:
        if isinstance(above, ast.For) and (
            is_backwards(above.iter)
            or _counters_of(above) & read
            or _is_of_buffer(above.iter, scope.tree)
        ):
            return True
        above = parents.get(id(above))
    return False
