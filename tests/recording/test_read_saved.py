"""What a node saved is left out silently only where torch says that it is gone."""

from __future__ import annotations

import pytest
import torch

from backtrace.recording.sensors.graph.autograd_nodes import read_saved


class _Node:
    @property
    def _saved_result(self) -> torch.Tensor:
        raise RuntimeError("a reason of its own")


def test_what_is_gone_is_none_and_any_other_reason_is_raised() -> None:
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    found = read_saved(y.grad_fn, "_saved_result")
    assert found is not None and found.equal(y)
    assert read_saved(y.grad_fn, "_saved_other") is None
    y.sum().backward()
    assert read_saved(y.grad_fn, "_saved_result") is None  # freed
    z = x.exp()
    z.add_(1)
    assert read_saved(z.grad_fn.next_functions[0][0], "_saved_result") is None  # written to
    with pytest.raises(RuntimeError, match="of its own"):
        read_saved(_Node(), "_saved_result")
