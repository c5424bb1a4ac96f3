"""What was loaded into a net of skorch's is lost: `fit` initializes the net anew.

## What it sees
In the source, `net.load_params(…)`, or a state loaded into `net.module_`, and `net.fit(…)` behind
it, where the net makes its module of a class and is not made with `warm_start=True`; in a run in
which the state is loaded, and the steps of that `fit` come after.

## Why it matters
`fit` is scikit-learn's: it begins from the start, as if nothing had been learned before. The
module, the optimizer and the history are made anew, and nothing raises: training that was to go on
begins with new weights.

## Example
    net.initialize()
    net.load_params(f_params="best.pt", f_optimizer="optimizer.pt")
    net.fit(x, y)

## Instead
    net.initialize()
    net.load_params(f_params="best.pt", f_optimizer="optimizer.pt")
    net.partial_fit(x, y)

Or make the net with `warm_start=True`, or let the callback `LoadInitState` load what a checkpoint
wrote: it does so when training begins.

## When it is intended
Where a net that was loaded is only scored, and is then trained from the start.

## Source
github.com/skorch-dev/skorch, issue 1032; github.com/ulissigroup/amptorch, issue 83.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import CENSUS, FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each fit that came after what was loaded into its net."""
    if run.census is None:
        return
    taken = sum(run.census.steps.values())
    stepped = {each.tally.step_at for each in run.census.tensors}
    for slip in run.census.slips:
        if slip.kind != "fitted-anew" or slip.where not in stepped:
            continue
        line = f"{slip.where.rpartition(':')[0]}:{slip.beside}"
        loads = [
            each.steps
            for each in run.census.loads
            if each.event.where == line and each.event.kind == "model" and each.steps < taken
        ]
        if loads:
            yield RULE.found(
                f"{slip.name}.fit initializes {slip.name} anew: what was loaded into it at "
                f"line {slip.beside} is lost, and training begins from the start",
                f"call {slip.name}.partial_fit, which goes on from there, or make the net with "
                "warm_start=True",
                loads[0] + 1,
                slip.where,
            )


RULE = Rule("BT590", "loaded-then-fitted", "warning", check, __doc__, needs=(FACTS, CENSUS))
