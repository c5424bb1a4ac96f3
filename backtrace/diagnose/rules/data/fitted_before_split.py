"""What is learned from all rows before they are split is learned from the held-out ones, too.

## What it sees
In the source, a scaler of scikit-learn, or a choice of columns by their targets, that is fitted to
data which the same lines part into train and test behind it: by slices, `train_test_split` or
`random_split`. Data that are called train, or are a part of others, are left out, and a scaler that
is used on other data as well. It is a warning where columns are chosen by targets, and where the
parts follow one another in a series that is cut into windows; else a note.

## Why it matters
The range of a series that grows is that of its future: scaled by it, training has been told how far
the series will go. Columns that were chosen by the targets of the test fit these by chance. Rows
that are drawn at random have nearly the same mean in both parts, and little changes.

## Example
    series = MinMaxScaler().fit_transform(series)
    train, test = series[:split], series[split:]

## Instead
    scaler = MinMaxScaler().fit(series[:split])
    series = scaler.transform(series)
    train, test = series[:split], series[split:]

## When it is intended
Where the range is known beforehand, as of pixels: then write it as numbers.

## Source
scikit-learn, "Common pitfalls and recommended practices";
github.com/huseinzol05/Stock-Prediction-Models, issue 126; github.com/sktime/pytorch-forecasting,
issue 751.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such fit."""
    for event in run.of(SlipSeen):
        if event.kind in ("fitted-to-all", "scaled-by-all"):
            found = RULE.found(
                f"{event.beside} is fitted to all rows of {event.name}, which are split into "
                "training and test behind it",
                "split first, fit to the rows of training, and transform both by that",
                run.update_at(event),
                event.where,
            )
            yield replace(found, severity="note") if event.kind == "scaled-by-all" else found


RULE = Rule("BT554", "fitted-before-split", "warning", check, __doc__, needs=(FACTS,))
