"""What a graph keeps and when it lets go, measured; and what a second backward is answered."""

from __future__ import annotations

from backtrace.explain.graph.loss_nodes import first_sentence
from backtrace.explain.graph.saved import Holders, SavedTensors
from backtrace.explain.graph.training_copy import TrainingCopy
from backtrace.ledger.graph_facts import Life


def run_to_end(subject: TrainingCopy, holders: Holders) -> tuple[int, str]:
    """Run a graph of its own with `retain_graph=True`, and a second backward over it.

    Returns what was kept between the two, and what torch answered to the second ("": it ran).
    """
    saved = SavedTensors()
    with saved.watch():
        loss = subject.forward().loss
    loss.backward(retain_graph=True)  # type: ignore[no-untyped-call]
    kept = count_extra(saved, holders)
    answer = ""
    try:
        loss.backward()  # type: ignore[no-untyped-call]
    except RuntimeError as error:
        answer = first_sentence(error)
    return kept, answer


def count_extra(saved: SavedTensors, holders: Holders) -> int:
    """Return the bytes that the graph alone holds now."""
    return sum(size for storage, size in saved.held().items() if storage not in holders)


def describe_life(
    saved_before: tuple[int, int, int], after: int, second: str, retained: tuple[int, str]
) -> Life:
    """Put together what was measured: storages, own bytes and others' bytes after the forward."""
    tensors, own, others = saved_before
    return Life(tensors, own, others, after, second, *retained)


def measure(saved: SavedTensors, holders: Holders) -> tuple[int, int, int]:
    """Return how many storages the graph holds, its own bytes, and bytes that others hold too."""
    held = saved.held()
    own = count_extra(saved, holders)
    return len(held), own, sum(held.values()) - own
