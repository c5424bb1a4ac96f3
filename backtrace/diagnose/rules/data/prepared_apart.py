"""Data are made ready in one way here, in another there: other statistics, numbers, or one side.

## What it sees
In the source of a file that calls a model: what is held out is scaled by its own mean and
deviation, or by a second `fit_transform`, beside training data that are scaled by theirs; or inputs
that are mixed with other rows by a weight that nothing else reads, or that weighs one loss twice,
so that their targets are those of one row; or what is held out and is numbered by an index of its
own, made as that of the training data is: words or labels in the order in which they are found, by
a dict, by objects of one class of data that each make theirs, or by a second `fit_transform` of an
encoder.

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
Risk Minimization", 2018."""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such preparation."""
    for event in run.of(SlipSeen):
        if event.kind == "statistics":
            yield RULE.found(
                f"{event.name} is scaled by statistics of its own, and {event.beside} by others",
                f"scale {event.name} by the mean and deviation of {event.beside}",
                run.update_at(event),
                event.where,
            )
        elif event.kind == "vocabulary":
            yield RULE.found(
                f"{event.name} has an index of its own, and {event.beside} another: one word, or "
                "label, has two numbers",
                f"number {event.name} by the index of {event.beside}, with one number for what is "
                "not in it",
                run.update_at(event),
                event.where,
            )
        elif event.kind == "mixed-alone":
            yield RULE.found(
                f"rows of {event.name} are mixed by {event.beside}, and their targets are not",
                f"mix the losses as well: {event.beside} * loss(out, y) + (1 - {event.beside}) * "
                "loss(out, y[order])",
                run.update_at(event),
                event.where,
            )
        elif event.kind == "twin":
            yield RULE.found(
                f"{event.beside} and what is left of 1 weigh one and the same loss, {event.name}: "
                "the targets of the rows that were mixed in are never scored",
                f"give the second loss the other targets: {event.beside} * loss(out, y) + "
                f"(1 - {event.beside}) * loss(out, y[order])",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT464", "prepared-apart", "warning", check, __doc__, needs=(FACTS,))
