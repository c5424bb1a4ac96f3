"""Probabilities under the name of their logarithms: `log_probs = F.softmax(scores, dim=1)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    given_once,
    names_in,
    word_set,
    words_of,
)

_LOGARITHMS = word_set("log logp logps logpt logprob logprobs logq logsoftmax lprobs logpy")
_OTHER = word_set("softmax logits")  # what is called by what it was, or is no logarithm
_TORCH = frozenset({"F", "torch", "functional", "nn.functional", "torch.nn.functional"})


def find_unlogged_softmax(scope: Scope) -> Iterator[Slip]:
    """Give each name of a logarithm that a softmax is given, and no logarithm is taken of later."""
    for name, value in given_once(scope).items():
        words = words_of(name)
        if not words & _LOGARITHMS or words & _OTHER or not _is_softmax(value):
            continue
        if not any(_takes_logarithm(node, name) for node in scope.nodes()):
            yield Slip(value.lineno, "softmax-for-log", name, ast.unparse(value)[:LONGEST])


def _is_softmax(value: ast.expr) -> bool:
    """Whether it is torch's softmax: what a module calls `self.softmax` may be another one."""
    match value:
        case ast.Call(func=ast.Call(func=made)):
            return called_name(made) == "Softmax"
        case ast.Call(func=ast.Attribute(value=owner, attr="softmax"), args=args):
            is_of_torch = ast.unparse(owner) in _TORCH
            return is_of_torch or all(isinstance(each, ast.Constant | ast.UnaryOp) for each in args)
    return False


def _takes_logarithm(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="log" | "log_")):
            return name in names_in(node)
    return False
