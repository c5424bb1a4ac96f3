"""An image and its mask are changed by two draws, or the image alone is moved by chance.

## What it sees
In the source of a file that calls a model, a function that draws random numbers, or transforms that
are named Random…, called for an image and, within three lines, again for its mask, weighting,
labels or target; or called for each of them in turn: `[transform(x) for x in (image, mask)]`. Where
what is drawn is seeded anew in between, or drawn outside, nothing is said. Or an `if` that is taken
by chance, in which an image is flipped, turned, rolled or cropped, and the mask, boxes or keypoints
that the function hands on beside it are not named.

## Why it matters
The image is turned one way and its mask another: in a flip with half a chance, half of the masks
fit to no pixel. The loss falls to what a blurred guess gives.

## Example
    image = self.flip(image)
    mask = self.flip(mask)

## Instead
    if random.random() < 0.5:
        image, mask = image.flip(-1), mask.flip(-1)

## When it is intended
What is drawn does not move anything, as noise on both, or the mask is the same in all directions.

## Source
"Getting started with transforms v2", torchvision documentation: an image and its masks go through
one call.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import AugmentedAlone


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each pair that is changed by two draws."""
    for event in run.of(AugmentedAlone):
        if event.stays:
            yield RULE.found(
                f"{event.call} moves {event.beside} by chance, and {event.name} stays as it is: "
                "the places of the two no longer fit",
                f"do the same to {event.name} in the same branch",
                run.update_at(event),
                event.where,
            )
            continue
        yield RULE.found(
            f"{event.call} draws anew for {event.name}, after {event.beside}: the two are changed "
            "in different ways",
            f"draw once and change both by it, or hand {event.beside} and {event.name} to one call",
            run.update_at(event),
            event.where,
        )


RULE = Rule("BT450", "augmented-apart", "warning", check, __doc__, needs=(FACTS,))
