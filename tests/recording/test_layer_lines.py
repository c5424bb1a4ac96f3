"""A layer along a sequence is told of at the line that makes it, or that of which it is a copy."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

import backtrace
from backtrace.ledger.layer_facts import SequenceTaken


def line_of(text):
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return next(at for at, line in enumerate(lines, start=1) if line.strip().startswith(text))


def test_copies_of_an_encoder_layer_have_the_line_of_the_one_that_was_made():
    with backtrace.record() as trace:
        one = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0)
        model = nn.TransformerEncoder(one, 2, enable_nested_tensor=False)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model(torch.randn(3, 5, 8)).sum().backward()
        optimizer.step()
    found = [event for event in trace.events if isinstance(event, SequenceTaken)]
    assert {event.type for event in found} == {"TransformerEncoder", "TransformerEncoderLayer"}
    lines = {int(event.where.rpartition(":")[2]) for event in found}
    assert lines == {line_of("one = nn.TransformerEncoderLayer")}
