"""Terms of a loss that are computed in front of a backward, and read by nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.loops.idle_statements import IdleStatement
from backtrace.recording.source.slip import LONGEST
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import walk

_BACKWARDS = word_set("backward manual_backward")
_TERMS = word_set(
    "loss losses kl kld kldiv divergence entropy penalty reg regularization regularisation "
    "regularizer aux auxiliary reconstruction recon commitment"
)
_FUNCTIONS = word_set("cross_entropy kl_div kl_divergence binary_cross_entropy criterion")
_PLAIN = word_set("item detach numpy tolist float int len str cpu zeros zeros_like tensor")
_UNGRADED = word_set("no_grad inference_mode")


def find_unadded_terms(scope: Scope) -> Iterator[IdleStatement]:
    """Give each term that stands before a backward of its function and that nothing reads.

    A number that was taken of one is none, nor a function, nor what no gradient is asked of.
    """
    if scope.reads_all:
        return
    ends = [n.lineno for n in scope.nodes() if isinstance(n, ast.Call) and _is_backward(n)]
    for node in scope.nodes() if ends else ():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                is_before = node.lineno < max(ends) and not name.startswith("_")
                if not is_before or not _is_term(name, value) or scope.is_read(name):
                    continue
                if not _is_ungraded(node, scope.tree):
                    text = f"{name} = {ast.unparse(value)}"[:LONGEST]
                    yield IdleStatement(node.lineno, text, "unadded", name)


def _is_backward(call: ast.Call) -> bool:
    return called_name(call.func) in _BACKWARDS


def _is_term(name: str, value: ast.expr) -> bool:
    """Whether a name or a function says that this is a term, and it is computed of tensors."""
    calls = [called_name(each.func) for each in walk(value) if isinstance(each, ast.Call)]
    if not calls or any(each in _PLAIN or each[:1].isupper() for each in calls):
        return False
    if any(each in _FUNCTIONS or each.endswith(("_loss", "_with_logits")) for each in calls):
        return True
    match value:
        case ast.Call(func=ast.Attribute(attr="mean" | "sum"), args=[], keywords=[]):
            return True  # one number for all that went in
    return bool(words_of(name) & _TERMS)


def _is_ungraded(node: ast.stmt, tree: ast.Module) -> bool:
    """Whether a statement stands where no gradient is asked for."""
    above = parents_in(tree).get(id(node))
    while above is not None:
        if isinstance(above, ast.With):
            for item in above.items:
                calls = [e.func for e in walk(item.context_expr) if isinstance(e, ast.Call)]
                if any(called_name(each) in _UNGRADED for each in calls):
                    return True
        above = parents_in(tree).get(id(above))
    return False
