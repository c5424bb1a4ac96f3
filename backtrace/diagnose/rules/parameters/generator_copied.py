"""Workers draw the same random numbers: each has a copy of the data set's own generator.

## What it sees
A DataLoader with workers and without `worker_init_fn`, whose batches are trained on, and whose data
set keeps a generator (NumPy's, Python's or torch's) that its methods use.

## Why it matters
A worker begins with a copy of the data set, the generator's state included. All workers draw the
same augmentations, and, as they are started anew for each epoch, every epoch draws those of the
first. torch seeds the global generators of each worker; one that the data set keeps it cannot know.

## Example
    def __init__(self):
        self.rng = np.random.default_rng(0)

    def __getitem__(self, index):
        return self.images[index] + self.rng.normal(size=self.shape)

## Instead
    def seed(worker):
        torch.utils.data.get_worker_info().dataset.rng = np.random.default_rng(torch.initial_seed())

    loader = DataLoader(data, num_workers=4, worker_init_fn=seed)

## When it is intended
Where the same numbers are to be drawn for the same items, make the generator from the index.

## Source
github.com/wolny/pytorch-3dunet, issue 32; "Randomness in multi-process data loading",
torch.utils.data, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.holdings import listed
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan
from backtrace.ledger.loader_facts import BatchDrawn, GeneratorCopied


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such generator of a loader that is trained on."""
    trained: set[str] = set()
    drawn = ""
    for event in run.events:
        if isinstance(event, BatchDrawn):
            drawn = event.loader
        elif isinstance(event, BackwardRan):
            trained.add(drawn)
    copied: dict[str, list[GeneratorCopied]] = {}
    for each in run.of(GeneratorCopied):
        copied.setdefault(each.loader, []).append(each)
    for loader, found in copied.items():
        if loader in trained:
            names = listed([each.name for each in found])
            yield RULE.found(
                f"each of the {found[0].workers} workers draws the same numbers, in every epoch: "
                f"it has a copy of the data set's {names} ({found[0].type})",
                f"seed {names} in a worker_init_fn, by torch.initial_seed()",
                run.update_at(found[0]),
                found[0].where,
                workers=found[0].workers,
            )


RULE = Rule("BT459", "generator-copied", "warning", check, __doc__, needs=(FACTS,))
