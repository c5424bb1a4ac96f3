"""Entropies that are made of log-probabilities, and stand in a loss as if they were to be small."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.policies.signed_sums import (
    CHANCES,
    GAINS,
    SignedSums,
    SignedTerm,
    is_log,
    name_of,
)
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    word_set,
    words_of,
)

_ENTROPY = word_set("entropy ent entropies")
_NO_BONUS = word_set("target cross min minimize")
_WEIGHTS = word_set("coef coeff weight beta alpha scale w c2 eta lam lmbda") | _ENTROPY


def find_entropy_signs(scope: Scope) -> Iterator[Slip]:
    """Give each term of a policy's loss that makes an entropy of log-probabilities small.

    The loss has minus a log-probability times an advantage, and minus another product with one,
    which a name calls an entropy: so both make what was done more likely.
    """
    told: set[int] = set()
    for term, beside in _find_wrong(SignedSums(scope)):
        if term.line not in told:
            told.add(term.line)
            text = " * ".join(ast.unparse(each) for each in term.factors)
            yield Slip(term.line, "entropy-sign", f"-{text}"[:LONGEST], beside)


def _find_wrong(sums: SignedSums) -> Iterator[tuple[SignedTerm, str]]:
    """Give the terms that have a wrong sign, each with the loss that it is in."""
    for name, terms in sums.read():
        if name and not any(word.startswith("loss") for word in words_of(name)):
            continue
        if not any(each.sign < 0 and _is_gain(each) for each in terms):
            continue
        for term in terms:
            if term.sign < 0 and _is_entropy(term) and not sums.is_turned(term):
                yield term, name or "the loss"


def _is_gain(term: SignedTerm) -> bool:
    """Whether a log-probability is multiplied by an advantage or a return, and nothing unknown."""
    logs = [each for each in term.factors if is_log(each)]
    return len(logs) == 1 and len(term.factors) > 1 and bool(term.all_words & GAINS)


def _is_entropy(term: SignedTerm) -> bool:
    """Whether a log-probability has weights alone, or its own chance, and is called an entropy."""
    others = [each for each in term.factors if not is_log(each)]
    words = term.words.union(*(words_of(name_of(each)) for each in others))
    is_weighed = all(
        isinstance(each, ast.Constant) or words_of(name_of(each)) & (_WEIGHTS | CHANCES)
        for each in others
    )
    is_called = bool(words & _ENTROPY) and not words & _NO_BONUS
    return len(others) == len(term.factors) - 1 and is_weighed and is_called
