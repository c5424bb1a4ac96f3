"""Focal weights that are turned round: `pt ** gamma * ce`, where `1 - pt` is meant."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.ledger.slip_kinds import SlipKind
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of

_LOSSES = word_set("loss losses ce bce nll logpt")
_ENTROPIES = word_set(
    "cross_entropy nll_loss binary_cross_entropy binary_cross_entropy_with_logits"
)
_ENDS = ("loss", "entropy", "logits", "criterion", "logpt")
_PASSED_ON = {"clamp", "clone", "detach", "view"}


def find_inverted_focals(scope: Scope) -> Iterator[Slip]:
    """Give each loss that is multiplied by a power of the probability it is the logarithm of.

    Nothing is given where the function takes a power of 1 less a probability as well.
    """
    names = _values_of(scope)
    focals = _Focals(names)
    yield from _find_losses_taken_for_it(scope, focals)
    if not any(focals.loss_of(value) for value in names.values()):
        return
    found: dict[int, Slip] = {}
    for node in scope.nodes():
        if focals.is_right(node):
            return
        match node:
            case ast.BinOp(op=ast.Mult()) if slip := focals.judge(node):
                found.setdefault(slip.line, slip)
    yield from found.values()


def _find_losses_taken_for_it(scope: Scope, focals: _Focals) -> Iterator[Slip]:
    """Give the first power of 1 less a cross entropy, which is no probability, of each."""
    told = set()
    for node in scope.nodes():
        match focals.powered(node):
            case ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Sub(), right=right) as base:
                name = ast.unparse(right)[:LONGEST]
                if name not in told and focals.is_entropy(right):
                    told.add(name)
                    yield Slip(base.lineno, "loss-for-probability", name, ast.unparse(base))


def _values_of(scope: Scope) -> dict[str, ast.expr]:
    """Return what each variable is, of those that are written to once."""
    values: dict[str, ast.expr] = {}
    twice = set()
    for node in scope.nodes():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                twice.update({name} & values.keys())
                values[name] = value
            case ast.AugAssign(target=ast.Name(id=name)):
                twice.add(name)
    return {name: value for name, value in values.items() if name not in twice}


class _Focals:
    """Reads the factors of products, with what the variables in them are."""

    def __init__(self, names: dict[str, ast.expr]) -> None:
        self._names = names

    def judge(self, product: ast.BinOp) -> Slip | None:
        """Return what is wrong with a product of a loss and its focal weight."""
        factors = [_unsigned(each) for each in _factors(product)]
        losses = {each.id for each in factors if isinstance(each, ast.Name)}
        for factor in factors:
            weight = self._meant(factor)
            kind: SlipKind = "focal"
            match weight:
                case ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Sub(), right=right):
                    weight, kind = self._meant(right), "focal-power"
            base = _base_of(weight)
            if base is not None and self.loss_of(base) in losses:
                told = ast.unparse(weight)[:LONGEST], ast.unparse(base)[:LONGEST]
                return Slip(product.lineno, kind, *told)
        return None

    def loss_of(self, node: ast.expr) -> str:
        """Return the variable whose logarithm, or its negative, a probability is; '' for others."""
        match self._meant(node):
            case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr="exp"), args=[inner]):
                pass
            case ast.Call(func=ast.Attribute(value=inner, attr="exp"), args=[]):
                pass
            case _:
                return ""
        inner = _unsigned(inner)
        return inner.id if isinstance(inner, ast.Name) and self._is_loss(inner) else ""

    def _is_loss(self, name: ast.Name) -> bool:
        """Whether a variable is called a loss, or is what a loss function returned."""
        if words_of(name.id) & _LOSSES or name.id.lower().endswith(_ENDS):
            return True
        value = _unsigned(self._names.get(name.id, name))
        return isinstance(value, ast.Call) and called_name(value.func).lower().endswith(_ENDS)

    def is_entropy(self, node: ast.expr) -> bool:
        """Whether it is what a function for a cross entropy returned, as it came."""
        meant = self._meant(node)
        return isinstance(meant, ast.Call) and called_name(meant.func) in _ENTROPIES

    def powered(self, node: ast.AST) -> ast.expr | None:
        """Return what a power is taken of; None where something else is done."""
        base = _base_of(node)
        return self._meant(base) if base is not None else None

    def is_right(self, node: ast.AST) -> bool:
        """Whether a power is taken of 1 less a probability, as a focal weight is."""
        match self.powered(node):
            case ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Sub(), right=right):
                return bool(self.loss_of(right))
        return False

    def _meant(self, node: ast.expr) -> ast.expr:
        """Return what a variable is, and what was detached or clamped."""
        for _ in range(4):
            match node:
                case ast.Name(id=name) if name in self._names:
                    node = self._names[name]
                case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in _PASSED_ON:
                    node = inner
                case _:
                    break
        return node


def _factors(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return [*_factors(left), *_factors(right)]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _factors(operand)
    return [node]


def _unsigned(node: ast.expr) -> ast.expr:
    return node.operand if isinstance(node, ast.UnaryOp) else node


def _base_of(node: ast.AST) -> ast.expr | None:
    """Return what a power is taken of, with an exponent that is not written as one below 0."""
    match node:
        case ast.BinOp(left=base, op=ast.Pow(), right=power):
            pass
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch")) as func, args=[base, power]):
            if called_name(func) != "pow":
                return None
        case ast.Call(func=ast.Attribute(value=base, attr="pow"), args=[power]):
            pass
        case _:
            return None
    return None if isinstance(power, ast.UnaryOp) else base
