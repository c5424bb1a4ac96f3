"""What a mask hides from the loss is found behind it, and told with its line."""

from __future__ import annotations

import inspect

import pytest
import torch

import backtrace
from backtrace.diagnose.rules.numbers.not_finite import RULE
from backtrace.diagnose.stretch import make_stretch
from backtrace.ledger.graph_seen import GraphSeen

NAN = float("nan")


def train(made: torch.Tensor, is_good: torch.Tensor, of, updates: int = 2) -> int:
    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    for _ in range(updates):
        bad, at = of(weight * made), inspect.currentframe().f_lineno
        loss = torch.where(is_good, bad, torch.zeros(3)).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return at


@pytest.mark.parametrize(
    ("made", "of", "operation", "count"),
    [
        ([1.0, 0.0, 2.0], torch.sqrt, "SqrtBackward0", 1),
        ([0.0, 0.0, 2.0], torch.log, "LogBackward0", 2),
        ([1.0, NAN, 2.0], torch.square, "PowBackward0", 1),
        ([1.0, 0.0, 2.0], torch.reciprocal, "ReciprocalBackward0", 1),
    ],
)
def test_the_operation_behind_a_mask_is_named(made, of, operation, count):
    values = torch.tensor(made)
    with backtrace.record() as trace:
        at = train(values, values > 0, of)
    first = next(event for event in trace.events if isinstance(event, GraphSeen))
    assert first.masked == f"{operation}, at {count} of 3 elements"
    (finding,) = RULE.check(make_stretch(trace.events))
    assert "goes into the operation" in finding.fix
    assert finding.where.rpartition(":")[2] == str(at)


def test_nothing_is_hidden_where_all_is_finite():
    values = torch.tensor([1.0, 3.0, 2.0])
    with backtrace.record() as trace:
        train(values, values > 1, torch.sqrt)
    assert not any(event.masked for event in trace.events if isinstance(event, GraphSeen))
