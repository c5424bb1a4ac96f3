"""Log-probabilities of the action that a policy holds likeliest, where one is to be drawn."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, assigned_pairs, called_name
from backtrace.recording.source.walks import walk

_KINDS = frozenset({"Categorical", "OneHotCategorical", "Bernoulli"})
_DRAWS = frozenset({"sample", "rsample", "multinomial", "choice", "choices", "gumbel_softmax"})
_OWN = frozenset({"probs", "logits"})


def find_likeliest_taken(scope: Scope) -> Iterator[Slip]:
    """Give each action that is the likeliest of a distribution which then scores it.

    `action = probs.argmax(-1)` before `Categorical(probs).log_prob(action)`, where nothing else is
    ever given to that name, of a file that draws no action: else this is how it evaluates.
    """
    scored = [each for each in scope.nodes() if isinstance(each, ast.Call) and _is_scored(each)]
    if not scored or any(map(_is_drawn, walk(scope.tree))):
        return
    given: dict[str, list[ast.expr]] = {}
    for node in scope.nodes():
        for target, value in assigned_pairs(node) if isinstance(node, ast.Assign) else ():
            if isinstance(target, ast.Name):
                given.setdefault(target.id, []).append(value)
    for call in scored:
        match call:
            case ast.Call(func=ast.Attribute(value=owner), args=[ast.Name(id=action)]):
                values = given.get(action, [])
                sources = {ast.unparse(owner), *_made_of(owner, given)}
                if len(values) == 1 and (of := _likeliest_of(values[0])) in sources and of:
                    yield Slip(
                        values[0].lineno, "likeliest-taken", action, ast.unparse(owner)[:LONGEST]
                    )
                    return


def _is_drawn(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and called_name(node.func) in _DRAWS


def _is_scored(call: ast.Call) -> bool:
    return called_name(call.func) == "log_prob" and len(call.args) == 1


def _made_of(owner: ast.expr, given: dict[str, list[ast.expr]]) -> Iterator[str]:
    """Give how the probabilities or logits are written that a distribution is made of."""
    values = given.get(owner.id, []) if isinstance(owner, ast.Name) else [owner]
    for value in values:
        if isinstance(value, ast.Call) and called_name(value.func) in _KINDS:
            for each in (*value.args, *(keyword.value for keyword in value.keywords)):
                yield ast.unparse(each)


def _likeliest_of(value: ast.expr) -> str:
    """Return what a value is the likeliest of: `probs` of `torch.argmax(probs, 1)`; else ''."""
    for node in walk(value):
        match node:
            case ast.Attribute(value=owner, attr="mode"):
                return ast.unparse(owner)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="torch" | "np"), attr="argmax")):
                return _base(node.args[0]) if node.args else ""
            case ast.Call(func=ast.Attribute(value=owner, attr="argmax")):
                return _base(owner)
            case ast.Subscript(
                value=ast.Call(func=ast.Attribute(value=owner, attr="max")),
                slice=ast.Constant(value=1),
            ):
                return _base(owner)
    return ""


def _base(node: ast.expr) -> str:
    """Return how a distribution is written whose own `probs` these are, or what they are."""
    match node:
        case ast.Attribute(value=owner, attr=name) if name in _OWN:
            return ast.unparse(owner)
        case ast.Call(func=ast.Attribute(value=inner, attr="detach" | "cpu" | "squeeze")):
            return _base(inner)
    return ast.unparse(node)
