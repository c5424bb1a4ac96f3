"""A state is saved with others, and where training is taken up again it is not loaded.

## What it sees
In the source, a dict of states (`state_dict()`) that is saved, of which some are loaded and one is
read nowhere in the file, where training goes on from it: the optimizer's state is loaded, or the
epoch or step is read. A checkpoint that is handed on whole may be read elsewhere and is left alone.

## Why it matters
A schedule begins anew, from the first rate or at the first milestone; an optimizer without its
moments takes its first steps at full length; a scaler's scale and an average of weights start over.
Each run that is resumed goes another way than one that was not interrupted.

## Example
    torch.save({"net": net.state_dict(), "opt": opt.state_dict(), "sch": sch.state_dict()}, path)
    ...
    checkpoint = torch.load(path)
    net.load_state_dict(checkpoint["net"])
    opt.load_state_dict(checkpoint["opt"])

## Instead
    checkpoint = torch.load(path)
    net.load_state_dict(checkpoint["net"])
    opt.load_state_dict(checkpoint["opt"])
    sch.load_state_dict(checkpoint["sch"])

## When it is intended
Where a run goes on with another schedule; what is not to be loaded need not be saved.

## Source
github.com/IntelLabs/distiller, issue 145; "Saving and Loading Models", PyTorch tutorials.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that takes up training without a state that was saved for it."""
    for event in run.of(SlipSeen):
        if event.kind == "unrestored":
            yield RULE.found(
                f"the state of {event.name} is saved with the others and read nowhere in this "
                "file: a run that is resumed here begins without it",
                f"load it as well: checkpoint[{event.beside!r}], by load_state_dict",
                run.update_at(event),
                event.where,
                saved=event.beside,
            )


RULE = Rule("BT487", "state-not-restored", "warning", check, __doc__, needs=(FACTS,))
