"""Divergences from a reference policy or a prior that a loss has with a minus."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.policies.reference_divergences import DIVERGENCES, signs_and_words
from backtrace.recording.source.policies.signed_sums import (
    GAINS,
    SignedSums,
    SignedTerm,
    is_log,
    name_of,
)
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import walk

_WEIGHTS = word_set("coef coeff coefficient weight beta alpha scale lam lmbda lambda ctl ctrl w")
_REFERENCES = word_set(
    "ref refs reference sft old base init initial prior priors anchor pretrained"
)
_LOSSES = word_set("loss losses nll ce mse bce recon reconstruction")
_SURROGATES = word_set("surr surr1 surr2 surrogate surrogates ratio ratios") | GAINS
# What a divergence may be made large for.
_APART = (
    "forget",
    "unlearn",
    "divers",
    "disagree",
    "discrepan",
    "advers",
    "attack",
    "repuls",
    "repel",
    "novel",
    "maximi",
    "negative",
    "mutual",
)


def find_reference_signs(scope: Scope) -> Iterator[Slip]:
    """Give each divergence from a reference that goes backward with a minus, beside a loss.

    It is a divergence by its name and by what it was given, which names the reference.
    """
    told: set[int] = set()
    sums = SignedSums(scope, DIVERGENCES)
    values: LastGiven | None = None
    for name, terms in sums.read():
        if name or not any(each.sign < 0 and _divergence_in(each) for each in terms):
            continue
        if _may_be_meant(scope):
            return
        values = values or LastGiven(scope.tree, scope.node)
        for term in terms:
            others = [each for each in terms if each is not term]
            node = _divergence_in(term) if term.sign < 0 and term.line not in told else None
            if node is None or sums.is_turned(term) or not any(map(_is_loss, others)):
                continue
            if _is_of_reference(node, scope, values):
                told.add(term.line)
                text = " * ".join(ast.unparse(each) for each in term.factors)
                yield Slip(term.line, "divergence-less", text[:LONGEST], "")


def _divergence_in(term: SignedTerm) -> ast.expr | None:
    """Return the one factor that is called a divergence, and is no weight of one.

    None where it is a part of a reward, by a name or by a log-probability that it weighs.
    """
    if term.words & GAINS or any(
        is_log(each) or words_of(name_of(each)) & _SURROGATES for each in term.factors
    ):
        return None
    found = [
        each
        for each in term.factors
        if words_of(name_of(each)) & DIVERGENCES and not words_of(name_of(each)) & _WEIGHTS
    ]
    return found[0] if len(found) == 1 else None


def _is_of_reference(node: ast.expr, scope: Scope, values: LastGiven) -> bool:
    sign, words = signs_and_words(node, scope.tree, values)
    return sign > 0 and bool(words & _REFERENCES)


def _is_loss(term: SignedTerm) -> bool:
    """Whether a term is one that is to be small: a loss, or minus what is gained."""
    if term.sign > 0:
        return bool(term.all_words & _LOSSES) and _divergence_in(term) is None
    calls = (called_name(each.func) for each in term.factors if isinstance(each, ast.Call))
    return bool(term.all_words & _SURROGATES) or any(each in ("min", "minimum") for each in calls)


def _may_be_meant(scope: Scope) -> bool:
    """Whether the scope speaks of what is to be far from the reference, or of maximising."""
    for node in walk(scope.node):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                pass
            case ast.keyword(arg=str() as name) | ast.FunctionDef(name=name):
                pass
            case _:
                continue
        if any(each in name.lower() for each in _APART):
            return True
    return any(
        isinstance(node, ast.keyword) and node.arg == "maximize" for node in walk(scope.tree)
    )
