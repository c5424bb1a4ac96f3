"""Modes of classes that put a `train` of their own in the place of torch's."""

from pathlib import Path

import pytest
import torch
from torch import nn

import backtrace
from backtrace.ledger.events import ForwardRan
from backtrace.recording.source.models.freezing_modes import find_freezing_mode


class Passing(nn.Linear):
    def train(self, mode=True):
        return super().train(mode)


class Resting(nn.Linear):
    def train(self, mode=True):
        return super().train(False)


@pytest.mark.parametrize(
    ("kind", "set_mode", "is_chosen"),
    [
        (Passing, lambda model: model.eval(), False),
        (Passing, lambda model: model.train(False), True),
        (Resting, lambda model: model.train(), True),
        (Resting, lambda model: model.eval().train(), True),
    ],
)
def test_eval_is_told_from_train_behind_the_own_one(kind, set_mode, is_chosen):
    model = kind(2, 1)
    with backtrace.record(model) as trace:
        set_mode(model)
        model(torch.ones(1, 2)).sum().backward()
    (ran,) = [event for event in trace.events if isinstance(event, ForwardRan)]
    assert not ran.training
    assert ran.mode_chosen is is_chosen
    assert "super()" not in _line_of(ran.mode_set)


def _line_of(place):
    return Path(__file__).read_text().splitlines()[int(place.rpartition(":")[2]) - 1]


class Freezing(nn.Module):
    def train(self, mode=True):
        super().train(mode)
        if mode and self.held:
            self.norm.eval()
        self._freeze()

    def _freeze(self):
        for each in self.parameters():
            each.requires_grad = False


class AsTold(Freezing):
    def _freeze(self):
        for each in self.parameters():
            each.requires_grad = self.training


class AtRest(Freezing):
    def train(self, mode=True):
        super().train(mode)
        if not mode:
            self._freeze()


class Elsewhere(nn.Module):
    def freeze(self):
        self.requires_grad_(False)


@pytest.mark.parametrize(
    ("kind", "is_found"),
    [(Freezing, True), (AsTold, False), (AtRest, False), (Elsewhere, False)],
)
def test_a_train_freezes_that_does_so_in_each_mode(kind, is_found):
    found = find_freezing_mode(kind)
    assert (found is not None) is is_found
    if found:
        assert "requires_grad = False" in _line_of(f"{found[0]}:{found[1]}")
