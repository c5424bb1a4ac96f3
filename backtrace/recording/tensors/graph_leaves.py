"""Finds the leaves that a backward will reach."""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor


def find_leaves(roots: Iterable[Tensor]) -> list[Tensor]:
    """Return the leaves from which `roots` were computed, in the order in which they are met.

    Nodes are looked at and no tensor that they saved is: nothing is unpacked or computed again.
    """
    leaves = [root for root in roots if root.grad_fn is None and root.requires_grad]
    waiting = [root.grad_fn for root in roots if root.grad_fn is not None]
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        leaf = getattr(node, "variable", None) if node.name().endswith("AccumulateGrad") else None
        if leaf is not None:
            leaves.append(leaf)
        for child, _ in reversed(node.next_functions):
            if child is not None and child not in seen:
                seen.add(child)
                waiting.append(child)
    return leaves
