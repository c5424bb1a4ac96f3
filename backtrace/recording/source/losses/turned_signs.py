"""Terms of a loss with the wrong sign: what is to be large is made small, or the reverse."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.ledger.slip_kinds import SlipKind
from backtrace.recording.source.generators.code_divergences import Divergences
from backtrace.recording.source.generators.gradient_penalties import Penalties
from backtrace.recording.source.signed_uses import SignedUses, parts_of_sum
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, word_set, words_of

_GAINS = word_set(
    "r g adv advantage advantages advs return returns reward rewards ret rets td delta gae "
    "discounted"
)
_LOGS = word_set("logp logps logprob logprobs logpi log_prob log_probs lp logits_taken")
_SCORES = word_set("dice iou elbo reward rewards ssim psnr accuracy acc likelihood")
_JUDGES = word_set("value values critic v vals val q qs")
_DISTANCES = word_set("mse_loss smooth_l1_loss huber_loss")


@dataclass(frozen=True)
class _Known:
    """What has a sign of its own in a scope, and is told by more than its own expression."""

    penalties: Penalties
    divergences: Divergences


def find_turned_signs(scope: Scope) -> Iterator[Slip]:
    """Give each term of a scope that goes backward with the wrong sign."""
    uses = SignedUses(scope)
    if not uses.backwards:
        return
    known = _Known(Penalties(scope), Divergences(scope))
    for statement in scope.statements():
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.Expr(
                    value=ast.Call(
                        func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[value]
                    )
                )
            ):
                for term, sign, kind, wanted in _terms(value, 1, known):
                    last = uses.sign_at_backward(name, statement.lineno)
                    if last and sign * last != wanted and not _is_cost(uses, term, kind):
                        yield Slip(term.lineno, kind, ast.unparse(term)[:LONGEST], name)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=root, attr="backward"))):
                if isinstance(root, ast.Name) and _is_score(root.id) and uses.is_plain(root.id):
                    yield Slip(statement.lineno, "score", root.id, root.id)
                for term, sign, kind, wanted in _terms(root, 1, known):
                    if sign != wanted and not _is_cost(uses, term, kind):
                        yield Slip(term.lineno, kind, ast.unparse(term)[:LONGEST], "")


def _is_cost(uses: SignedUses, term: ast.expr, kind: SlipKind) -> bool:
    """Whether a term is a cost by name; a penalty is one, and its sign is known."""
    return kind != "penalty" and uses.is_cost(term)


def _terms(
    node: ast.expr, sign: int, known: _Known
) -> Iterator[tuple[ast.expr, int, SlipKind, int]]:
    """Give the terms of an expression that have a sign of their own, and the one that is due."""
    kind, wanted = ("penalty", 1) if known.penalties.is_one(node) else _kind_of(node, known)
    if kind is not None:
        yield node, sign, kind, wanted
        return
    for part, factor in parts_of_sum(node):
        if factor:
            yield from _terms(part, sign * factor, known)


def _kind_of(node: ast.expr, known: _Known) -> tuple[SlipKind | None, int]:
    """Return what a term is, and the sign that it belongs into a loss with."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            for one, other in ((left, right), (right, left)):
                if _is_log_prob(one) and _is_gain(other):
                    return "policy", -1
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, second, *_]):
            if name in _DISTANCES and any(
                isinstance(each, ast.Name) and words_of(each.id) & _JUDGES
                for each in (_root(first), _root(second))
            ):
                return "critic", 1
            texts = [ast.unparse(first), ast.unparse(second)]
            if name in ("min", "minimum") and all("surr" in t or "ratio" in t for t in texts):
                return "policy", -1
    if sign := known.divergences.sign_of(node):
        return known.divergences.kind_of(node), sign
    return None, 0


def _root(node: ast.expr) -> ast.expr:
    """Return what methods, subscripts and stacking were taken of."""
    while True:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="torch")), args=[first, *_]):
                node = first
            case ast.Call(func=ast.Attribute(value=inner)) | ast.Subscript(value=inner):
                node = inner
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                return ast.Name(name)
            case _:
                return node


def _is_log_prob(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="log_prob")):
            return True
    root = _root(node)
    name = root.id.lower() if isinstance(root, ast.Name) else ""
    return name in _LOGS or "log_prob" in name or "logprob" in name or bool(words_of(name) & _LOGS)


def _is_gain(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        return _is_gain(node.left)
    root = _root(node)
    return isinstance(root, ast.Name) and (root.id == "R" or bool(words_of(root.id) & _GAINS))


def _is_score(name: str) -> bool:
    words = words_of(name)
    return bool(words & _SCORES) and not words & word_set("loss neg negative minus penalty err")
