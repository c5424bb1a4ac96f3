"""A library's module need not be used whole: what of it is not is no alarm, and one's own is."""

from __future__ import annotations

import importlib
import sys
import sysconfig

import pytest
import torch
from torch import nn

import backtrace
from backtrace.diagnose.diagnose import diagnose_events
from backtrace.recording.tensors.library_modules import _is_of_library

LIBRARY = """
from torch import nn

class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.pooler = nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x):
        hidden = self.body(x)
        return hidden, self.pooler(hidden)
"""


@pytest.mark.parametrize("is_installed", [True, False])
def test_a_pooler_that_is_not_used(tmp_path, monkeypatch, is_installed):
    (tmp_path / "encoders.py").write_text(LIBRARY)
    monkeypatch.syspath_prepend(tmp_path)
    if is_installed:
        monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    _is_of_library.cache_clear()
    encoder = importlib.import_module("encoders").Encoder()
    head, events = nn.Linear(4, 2), []
    model = nn.ModuleDict({"encoder": encoder, "head": head})
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with backtrace.record(model, optimizer, sink=events.append):
        for _ in range(4):
            optimizer.zero_grad()
            hidden, _ = encoder(torch.randn(8, 4))
            nn.functional.cross_entropy(head(hidden), torch.randint(0, 2, (8,))).backward()
            optimizer.step()
    del sys.modules["encoders"]
    _is_of_library.cache_clear()
    found = diagnose_events(events)
    (one,) = [each for each in found.findings if each.code == "BT204"]
    assert one.parameters == ("encoder.pooler.weight", "encoder.pooler.bias")
    assert one.severity == ("note" if is_installed else "warning")
    assert bool(found.alarms) != is_installed
