"""Places of modules that were tied before anyone knew their model, and came apart."""

import torch
from torch import nn

import backtrace.recording.tensors.ties


class Hooked:
    """Tells ties of registrations as the instrument does."""

    def __init__(self):
        self.ties = backtrace.recording.tensors.ties.Ties()

    def give(self, parent, name, given):
        self.ties.record_assignment(parent, name, given)
        setattr(parent, name, given)


def make_tied(hooked):
    model = nn.Module()
    for name, part in (("embed", nn.Embedding(5, 3)), ("out", nn.Linear(3, 5, bias=False))):
        hooked.ties.record_assignment(part, "weight", part.weight)
        hooked.give(model, name, part)
    hooked.give(model.out, "weight", model.embed.weight)
    return model


def test_tied_weights_are_no_pair():
    hooked = Hooked()
    assert list(hooked.ties.find(make_tied(hooked))) == []


def test_a_replaced_parameter_has_parted():
    hooked = Hooked()
    model = make_tied(hooked)
    hooked.give(model.embed, "weight", nn.Parameter(torch.ones(5, 3)))
    assert list(hooked.ties.find(model)) == [("embed.weight", "out.weight")]


def test_a_replaced_module_has_parted():
    hooked = Hooked()
    model = make_tied(hooked)
    hooked.give(model, "out", nn.Linear(3, 5, bias=False))
    assert list(hooked.ties.find(model)) == [("out.weight", "embed.weight")]


def test_what_is_tied_again_has_not_parted():
    hooked = Hooked()
    model = make_tied(hooked)
    hooked.give(model, "embed", nn.Embedding(5, 3))
    hooked.give(model.out, "weight", model.embed.weight)
    assert list(hooked.ties.find(model)) == []


def test_a_head_of_another_shape_has_not_parted():
    hooked = Hooked()
    model = make_tied(hooked)
    hooked.give(model, "out", nn.Linear(3, 2, bias=False))
    assert list(hooked.ties.find(model)) == []


def test_parts_of_another_model_are_not_told():
    hooked = Hooked()
    model = make_tied(hooked)
    hooked.give(model, "embed", nn.Embedding(5, 3))
    assert list(hooked.ties.find(nn.Linear(2, 2))) == []
