"""Gradients arrive for a parameter only sometimes.

## What it sees
A parameter that was given a gradient in some updates of its optimizer, and in others was not
reached by any backward, though its neighbours were.

## Why it matters
It learns from fewer batches than the rest. With `zero_grad(set_to_none=False)` momentum and decay
move it in between as well; in data-parallel training the processes wait for each other's gradients.

## Example
    def forward(self, x):
        if random.random() < 0.5:       # meant as dropout, and forgotten
            x = self.block(x)
        return self.head(x)

## Instead
    def forward(self, x):
        return self.head(self.block(x))

## When it is intended
Heads, experts and embeddings that only some batches use, layers that are skipped at random, losses
that alternate: so this is a note.

## Source
torch.nn.parallel.DistributedDataParallel, `find_unused_parameters`, PyTorch documentation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window, finished
from backtrace.ledger.events import BackwardRan


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the parameters that some updates reach and others do not, by optimizer."""
    for windows in run.windows_by_optimizer.values():
        seen = [(window, got) for window, _ in finished(windows) if (got := _reached(window))]
        counts = Counter(name for _, got in seen for name in got)
        names = tuple(name for name in _in_order(windows) if 0 < counts[name] < len(seen))
        if not names or len(seen) < 3:
            continue
        rarest = min(names, key=lambda name: counts[name])
        # The first update that differs from the one before it is where it can be seen.
        differs = ({*a} ^ {*b} for (_, a), (_, b) in pairwise(seen))
        at = next(n for n, names_apart in enumerate(differs, start=1) if names_apart)
        window = seen[at][0]
        yield RULE.found(
            f"{rarest} got a gradient in {counts[rarest]} of {len(seen)} updates",
            "nothing, if only some batches use it",
            window.number,
            window.step.where if window.step else "",
            names,
            window.optimizer,
            updates_with_a_gradient=counts[rarest],
            updates=len(seen),
        )


def _reached(window: Window) -> set[str]:
    """Return what the backwards of an update came to."""
    return {n for backward in window.of(BackwardRan) for n in window.reached_by(backward)}


def _in_order(windows: Sequence[Window]) -> Iterable[str]:
    """Return the names of all that the steps hold, in the optimizer's order."""
    return dict.fromkeys(name for _, step in finished(windows) for name in step.values)


RULE = Rule("BT111", "sometimes-no-gradient", "note", check, __doc__)
