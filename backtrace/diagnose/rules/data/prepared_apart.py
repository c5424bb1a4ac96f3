"""Data are made ready in one way here, in another there: other statistics, numbers, or one side.

## What it sees
In the source of a file that calls a model: what is held out is scaled by its own mean and
deviation, or by a second `fit_transform`, beside training data that are scaled by theirs; or inputs
that are mixed with other rows by a weight that nothing else reads, or that weighs one loss twice,
so that their targets are those of one row; or rows of boxes that are multiplied by the weight that
mixes their images; or images that are pasted into others, whose targets are weighed by the share of
the area that the others keep; or what is held out and is numbered by an index of its own, made as
that of the training data is: words or labels in the order in which they are found, by a dict, by
objects of one class of data that each make theirs, or by a second `fit_transform` of an encoder.

## Why it matters
A model knows its inputs as they were scaled in training: another scale is another question, and
what is measured on it says nothing. A word that has another number is another word. A mixed input
whose target is not mixed is a wrong example.

## Example
    x_train = scaler.fit_transform(x_train)
    x_test = scaler.fit_transform(x_test)

## Instead
    x_train = scaler.fit_transform(x_train)
    x_test = scaler.transform(x_test)

## When it is intended
Where each set is to be made alike by itself, as in adapting to another domain, or where mixing is
noise and no more.

## Source
scikit-learn, "Common pitfalls and recommended practices"; Zhang et al., "mixup: Beyond Empirical
Risk Minimization", 2018; github.com/kornia/kornia, issue 3077: CutMix's lambda;
github.com/MultimediaTechLab/YOLO, issue 105: boxes that are multiplied."""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen

# What is said of each, and what to do.
_OWN_SHARES = (
    "weigh the targets of each image by its own share: the pasted ones' by that of the pasted "
    "area, the others' by 1 minus it"
)
_SAID = {
    "statistics": (
        "{name} is scaled by statistics of its own, and {beside} by others",
        "scale {name} by the mean and deviation of {beside}",
    ),
    "vocabulary": (
        "{name} has an index of its own, and {beside} another: one word, or label, has two numbers",
        "number {name} by the index of {beside}, with one number for what is not in it",
    ),
    "mixed-alone": (
        "rows of {name} are mixed by {beside}, and their targets are not",
        "mix the losses as well: {beside} * loss(out, y) + (1 - {beside}) * loss(out, y[order])",
    ),
    "twin": (
        "{beside} and what is left of 1 weigh one and the same loss, {name}: the targets of the "
        "rows that were mixed in are never scored",
        "give the second loss the other targets: {beside} * loss(out, y) + (1 - {beside}) * "
        "loss(out, y[order])",
    ),
    "share-pasted": (
        "{name} is the share of the area that is pasted over, and weighs the targets of the image "
        "that it is pasted into",
        _OWN_SHARES,
    ),
    "share-left": (
        "{name} is the share of the area that the pasted one leaves, and weighs the targets of "
        "what was pasted",
        _OWN_SHARES,
    ),
    "boxes-weighed": (
        "the rows of {name} are multiplied by {beside}, which mixes the images: their classes and "
        "places become those of no object",
        "join the rows of both images as they are, and weigh their losses by {beside} instead",
    ),
}


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such preparation."""
    for event in run.of(SlipSeen):
        if event.kind in _SAID:
            message, fix = _SAID[event.kind]
            name, beside = event.name, event.beside
            yield RULE.found(
                message.format(name=name, beside=beside),
                fix.format(name=name, beside=beside),
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT464", "prepared-apart", "warning", check, __doc__, needs=(FACTS,))
