"""`F.normalize` goes along the places of a sequence: it takes axis 1 unless it is told another.

## What it sees
`torch.nn.functional.normalize` is called without `dim` on what a linear layer, a layer norm or an
embedding made, with three axes: rows, places and features. Only what changes each element by
itself, such as an activation or dropout, may stand between, and nowhere before have places and
features changed places.

## Why it matters
No vector gets a length of 1. Each feature is divided by its own length over all places instead, so
that a place depends on all others, on those after it and on padding too, and a longer sequence has
smaller numbers. Products of such vectors are no cosines.

## Example
    tokens = F.normalize(proj(x))  # (rows, places, features)

## Instead
    tokens = F.normalize(proj(x), dim=-1)

## When it is intended
Where a feature is to be scaled over the places: write `dim=1`, and nothing is said. Nor is it of
two axes, nor of (rows, channels, places), as a convolution gives.

## Source
torch.nn.functional.normalize, PyTorch documentation: "With the default arguments it uses the
Euclidean norm over vectors along dimension 1".
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import PlacesNormalised


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that does so, once."""
    seen: set[str] = set()
    for event in run.of(PlacesNormalised):
        if event.where not in seen and len(event.shape) == 3:
            seen.add(event.where)
            _, places, features = event.shape
            yield RULE.found(
                f"F.normalize of {event.shape} goes along axis 1, its default: each of the "
                f"{features} features is divided by its length over the {places} places, and no "
                "vector gets a length of 1",
                "tell it the axis of the features: F.normalize(x, dim=-1)",
                run.update_at(event),
                event.where,
                shape=str(event.shape),
            )


RULE = Rule("BT617", "places-normalised", "warning", check, __doc__, needs=(FACTS,))
