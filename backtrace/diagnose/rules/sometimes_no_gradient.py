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

from collections.abc import Iterator

from backtrace.diagnose.rule import Rule, Verdict
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window, finished
from backtrace.ledger.events import BackwardRan


def check(run: Stretch) -> Iterator[Verdict]:
    """Give the parameters that some updates reach and others do not, by optimizer."""
    for windows in run.windows_by_optimizer.values():
        counts: dict[str, int] = {}
        first: dict[str, int] = {}
        seen: list[Window] = []
        for window, _ in finished(windows):
            reached = {n for event in window.of(BackwardRan) for n in window.reached_by(event)}
            if not reached:
                continue
            seen.append(window)
            for name in reached:
                counts[name] = counts.get(name, 0) + 1
            for name in counts.keys() - reached:
                first.setdefault(name, len(seen) - 1)
            if len(seen) > 1:
                for name in reached:
                    if counts[name] == 1:
                        first.setdefault(name, len(seen) - 1)
        names = tuple(name for name in counts if counts[name] < len(seen) and name in first)
        if names and len(seen) > 2:
            window = seen[min(first[name] for name in names)]
            rarest = min(names, key=lambda name: counts[name])
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


RULE = Rule("BT111", "sometimes-no-gradient", "note", check, __doc__)
