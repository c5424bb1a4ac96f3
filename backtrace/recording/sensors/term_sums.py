"""Each loss term's part of the gradients that step will read: its share, and whether terms fight.

A term's share is the projection of its gradient g_t on the sum G of all terms' gradients,
<g_t, G> / <G, G>, so that the shares add up to 1. The cosine of two terms is
<g_a, g_b> / (|g_a| |g_b|): below 0 they pull apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from math import nan, sqrt

from torch import Tensor

from backtrace.ledger.events import Split
from backtrace.recording.kernels.inner_products import Products, add_wide, multiply_pairs

ALL = ""  # the name under which all parameters are taken together


class TermSums:
    """Adds up each term's gradients, in float64, from one clearing of `.grad` to the next."""

    def __init__(self) -> None:
        self._sums: dict[str, dict[str, Tensor]] = {}

    def clear(self, names: Iterable[str]) -> None:
        """Begin anew for some tensors: their `.grad` was cleared."""
        for name in names if self._sums else ():
            self._sums.pop(name, None)

    def add(self, name: str, term: str, grad: Tensor) -> None:
        """Add what `term` gives to the tensor called `name`."""
        sums = self._sums.setdefault(name, {})
        sums[term] = add_wide(sums.get(term), grad)

    def split(self, names: Mapping[str, bool]) -> dict[str, Split]:
        """Return the split of each tensor, and under `ALL` that of those marked True."""
        splits = {}
        everything: Products = {}
        for name, is_parameter in names.items():
            products = multiply_pairs(self._sums.get(name, {}))
            splits[name] = _split(products)
            for pair, product in products.items() if is_parameter else ():
                everything[pair] = everything.get(pair, 0.0) + product
        splits[ALL] = _split(everything)
        return splits


def _split(products: Products) -> Split:
    """Make shares and cosines of the inner products of all pairs of terms."""
    terms = list(dict.fromkeys(a for a, _ in products))
    total = sum(products.values())
    norms = {term: sqrt(products[term, term]) for term in terms}
    shares = {
        term: sum(products.get((term, other), 0.0) for other in terms) / total if total else nan
        for term in terms
    }
    cosines = {
        f"{a}, {b}": products.get((a, b), 0.0) / size if (size := norms[a] * norms[b]) else nan
        for a, b in combinations(terms, 2)
    }
    return Split(norms, shares, cosines)
