"""An option of an optimizer or a scheduler is given another option's setting.

## What it sees
In the source, a call of one of torch's optimizers or schedulers by keywords, one of which is given
a setting of another option's name: `lr=args.weight_decay`, `gamma=cfg["step_size"]`, or the like
with a setting that lies deeper, as `info["weight_decay"]["value"]`. Options are the rate, weight
decay, momentum, betas, eps, gamma, step size, factor, patience, T_max and the lowest rate.

## Why it matters
A learning rate that is in truth a decay of 1e-5 trains next to nothing, and a decay that is in
truth a rate of 0.1 pulls all to zero. Nothing fails, and what is searched or set as the rate has no
effect, so no search over it finds anything.

## Example
    optim.Adam(model.parameters(), lr=args.weight_decay, weight_decay=args.weight_decay)

## Instead
    optim.Adam(model.parameters(), lr=args.lr, weight_decay=args.weight_decay)

## When it is intended
Where one number is meant for both; give it a name of its own then.

## Source
github.com/offbit/evo-design, issue 3.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such option."""
    for slip in run.of(SlipSeen):
        if slip.kind == "lent-option":
            yield RULE.found(
                f"{slip.name} is given {slip.beside}, which is called after another option",
                f"give {slip.name} its own setting",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT595", "option-of-another-name", "warning", check, __doc__, needs=(FACTS,))
