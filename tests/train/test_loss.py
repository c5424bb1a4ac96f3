"""Loss mixes: their terms, what they pick and how they reduce it."""

from collections import namedtuple

import pytest
import torch
from torch import nn

from backtrace.errors import ConfigError
from backtrace.train.loss_mix import LossMix, LossTerm

X, Y = torch.tensor([[1.0], [2.0], [4.0]]), torch.tensor([[2.0], [2.0], [1.0]])


def term(loss=None, weight=1.0, output=None, apply="none"):
    return LossTerm(loss or nn.MSELoss(), weight, output, apply)


def value(given, target=Y, **kwargs):
    return LossMix({"a": term(**kwargs)})(given, target)["a"]


def test_terms_are_weighted():
    terms = LossMix({"a": term(), "b": term(nn.L1Loss(), weight=0.5)})(X, Y)
    assert terms["a"].item() == pytest.approx((1 + 0 + 9) / 3)
    assert terms["b"].item() == pytest.approx(0.5 * (1 + 0 + 3) / 3)


def test_a_weight_of_one_adds_nothing_to_the_graph():
    output = X.clone().requires_grad_()
    assert type(value(output).grad_fn).__name__ == "MseLossBackward0"
    assert type(value(output, weight=2.0).grad_fn).__name__ == "MulBackward0"


def test_apply():
    assert value(X, apply="sum").item() == (7 - 5) ** 2
    assert value(X, apply="mean").item() == pytest.approx((7 / 3 - 5 / 3) ** 2)
    assert value(X, target=Y[:, 0], apply="squeeze").item() == pytest.approx(10 / 3)


def test_squeeze_keeps_the_batch():
    one = torch.ones(1, 1, 1)
    assert value(one, target=torch.zeros(1), apply="squeeze").item() == 1.0
    flat = torch.ones(3)
    assert value(flat, target=torch.zeros(3), apply="squeeze").item() == 1.0


def test_outputs_by_index_and_name():
    pair = namedtuple("pair", "image mask")(X, Y)
    assert value((X, Y), output=1).item() == 0
    assert value(pair, output="mask").item() == 0
    assert value({"mask": Y}, output="mask").item() == 0


@pytest.mark.parametrize(
    ("output", "pick", "found", "hint"),
    [
        ((X, Y), None, "the model gives 2 outputs, and none is chosen", "one of: 0, 1"),
        ((X, Y), 2, "the model has no output 2", "one of: 0, 1"),
        ({"a": X, "b": None}, "b", "the model has no output 'b'", "one of: 'a'"),
        (X, 0, "the model gives one tensor, there is nothing to pick from", "leave"),
        ("text", 0, "the model gives a str", "it must give"),
    ],
)
def test_outputs_that_are_not_there(output, pick, found, hint):
    with pytest.raises(ConfigError) as caught:
        value(output, output=pick)
    (problem,) = caught.value.problems
    assert (problem.key, problem.found) == ("loss.a.output", found)
    assert hint in problem.hint


def loss(text, **kwargs):
    return {"a": {"loss": {"type": text, "kwargs": kwargs}}}


@pytest.mark.parametrize(
    ("text", "kwargs", "found"),
    [
        ("Linear", {}, "no loss named 'Linear'"),
        ("TripletMarginLoss", {}, "cannot be used here"),
        ("CTCLoss", {}, "cannot be used here"),
        ("MSELoss", {"reduction": "none"}, "does not give one number"),
        ("MSELoss", {"wieght": 1}, "takes no 'wieght'"),
        ("MultiMarginLoss", {"p": 3}, "was refused: only p == 1 and p == 2"),
    ],
)
def test_losses_that_cannot_be_made(problems, text, kwargs, found):
    assert found in problems(loss=loss(text, **kwargs))[0].found


def test_a_near_miss_is_suggested(problems):
    assert problems(loss=loss("MSEloss"))[0].hint == "did you mean MSELoss?"
    more = problems(loss=loss("TripletMarginLoss"))[0]
    assert (
        more.hint == "it takes anchor, positive, negative; a config's loss gets output and target"
    )


def test_class_weights_become_a_tensor(build):
    data = {
        "source": "random",
        "input": {"shape": [8, 3]},
        "target": {"shape": [8], "classes": 2},
    }
    training = build(loss=loss("CrossEntropyLoss", weight=[1.0, 3.0]), data=data)
    held = training.criterion.terms["a"].loss.weight
    assert held.dtype == torch.float32
    assert held.tolist() == [1.0, 3.0]
    training.run()
