"""The derivation of a gradient against arithmetic that is written out here, number by number."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torch.optim.optimizer import register_optimizer_step_pre_hook
from typer.testing import CliRunner

from backtrace import record
from backtrace.cli import app
from backtrace.config.load import load_config
from backtrace.driver.explained import explain_training
from backtrace.errors import UsageError
from backtrace.explain.rules import TABLE
from backtrace.explain.rules.backward_rule import BackwardRule, Gradients
from backtrace.train.training import build_training

X, Y, W, B, LR = (1.0, 2.0, 3.0), (1.5, 2.5, 3.5), -0.2505, 0.9166, 0.01
START = """
model: {model}
loss: {loss}
optimizer: {{type: {optimizer}, lr: 0.1}}
data: {{source: random, input: {input}, target: {target}}}
loop: {{updates: 3}}
"""


def explained(target, param=None, update=1, **overrides):
    given = {key.replace("__", "."): str(value) for key, value in overrides.items()}
    loaded = load_config(target, list(given.items()))
    training = build_training(loaded.config, loaded.folder, loaded.locate)
    return explain_training(training, target=loaded.path.stem, param=param, update=update)


@pytest.fixture
def config(tmp_path):
    """Write a config of a list of layers or a class's name; return its path."""

    def _config(model, input="[5, 3]", target="[5, 2]", loss="MSELoss", optimizer="SGD"):
        if isinstance(model, list):
            model = "".join(f"\n  - {layer}" for layer in model)
        else:
            model = f'{{class: "derive_nets:{model}"}}'
        text = START.format(model=model, input=input, target=target, loss=loss, optimizer=optimizer)
        path = tmp_path / "config.yaml"
        path.write_text(text)
        return path

    return _config


def near(numbers, *expected, rel=1e-5):
    assert numbers.values == pytest.approx(expected, rel=rel)


def gaps(w, b):
    return [w * x + b - y for x, y in zip(X, Y, strict=True)]


def mse_grads(w, b):
    """Return ∂L/∂w and ∂L/∂b of L = 1/3 Σ(wx + b − y)²."""
    slopes = [2 / 3 * gap for gap in gaps(w, b)]
    return sum(g * x for g, x in zip(slopes, X, strict=True)), sum(slopes)


# -- numbers by hand ------------------------------------------------------------------------


def test_linear_is_what_is_written_on_a_blackboard():
    found = explained("linear")
    loss, slope, weight = found.links
    assert found.param == "fc.weight"
    assert found.loss == pytest.approx(sum(gap**2 for gap in gaps(W, B)) / 3, rel=1e-6)
    assert found.loss == pytest.approx(5.387224, abs=1e-6)
    near(loss.result, 5.387224)
    near(slope.factors[0].numbers, -0.8339, -2.0844, -3.3349)
    assert slope.rate == "2/3"
    near(slope.result, *(2 / 3 * gap for gap in gaps(W, B)))
    assert weight.factors[0].symbol == "∂ŷ/∂w = x"
    near(weight.factors[0].numbers, *X)
    assert sum(math.prod(product) for product in weight.products) == pytest.approx(-10.0049, 1e-5)
    near(found.by_hand, mse_grads(W, B)[0])
    near(found.grad, -10.004934)
    assert found.gap.is_explained
    near(found.step.before, W)
    near(found.step.change, 0.10004934)
    near(found.step.after, W + LR * 10.004934)
    assert found.chain == "∂L/∂w = ∂L/∂ŷ · ∂ŷ/∂w"


def test_the_bias_of_linear():
    found = explained("linear", "fc.bias")
    near(found.by_hand, mse_grads(W, B)[1])
    assert list(found.links[-1].products) == [
        pytest.approx((2 / 3 * gap,), rel=1e-5) for gap in gaps(W, B)
    ]


def test_a_mix_is_a_sum_over_terms():
    found = explained("loss_mix")
    assert {part.name: part.by_hand.values[0] for part in found.terms} == pytest.approx(
        {"mse": -10.004934, "l1": -(1 + 2 + 3) / 3}, rel=1e-6
    )
    near(found.by_hand, -12.004934)
    near(found.links[3].factors[0].numbers, -1, -1, -1)


def test_a_term_has_its_weight():
    found = explained("loss_mix", loss="{mse: {loss: MSELoss, weight: 0.5}, l1: L1Loss}")
    near(found.terms[0].by_hand, -10.004934 / 2)
    assert found.links[1].rate == "0.5·2/3"
    near(found.by_hand, -10.004934 / 2 - 2)


def test_a_term_of_sums_reaches_every_element():
    found = explained("loss_shares")
    near(found.terms[1].by_hand, -6)
    assert "every element" in found.links[4].formula
    near(found.by_hand, -16.004934)


def test_accumulated_gradients_are_a_sum_over_micro_batches():
    found = explained("accumulate", "2.bias")
    assert [part.name for part in found.parts] == [f"micro-batch {n}" for n in range(1, 5)]
    for part in found.parts:
        near(part.by_hand, *part.seen.values)
    near(found.by_hand, sum(part.by_hand.values[0] for part in found.parts))
    whole = explained("accumulate", "2.bias", data__batch_size=16, loop__accumulate=1)
    near(found.by_hand, *whole.by_hand.values)
    assert found.loss == pytest.approx(whole.loss)
    assert found.links[1].rate == "1/4·2/4"


def test_micro_batches_that_are_not_averaged():
    found = explained("accumulate", "2.bias", loop__average="false")
    averaged = explained("accumulate", "2.bias")
    near(found.by_hand, 4 * averaged.by_hand.values[0])
    assert found.gap.is_explained


def test_without_zero_grad_earlier_updates_are_held():
    found = explained("linear", update=2, loop__zero_grad="false")
    held, now = found.parts
    near(held.by_hand, -10.004934)
    near(now.by_hand, -8.904387)
    near(found.by_hand, -18.909321)
    near(found.grad, -18.909321)
    w, b = (v - LR * g for v, g in zip((W, B), mse_grads(W, B), strict=True))
    near(now.by_hand, mse_grads(w, b)[0])


def test_momentum_at_the_second_update():
    found = explained("linear", update=2, optimizer__momentum=0.9)
    first = mse_grads(W, B)
    w, b = (v - LR * g for v, g in zip((W, B), first, strict=True))
    second = mse_grads(w, b)[0]
    terms = found.step.receipt.terms
    assert terms["gradient"].values == pytest.approx((-LR * second,), rel=1e-5)
    assert terms["momentum"].values == pytest.approx((-LR * 0.9 * first[0],), rel=1e-5)
    near(found.step.after, w - LR * (second + 0.9 * first[0]))


def test_clipping_stands_on_its_own():
    found = explained("linear", clip="{norm: 1.0}")
    weight, bias = mse_grads(W, B)
    factor = 1 / math.hypot(weight, bias)
    near(found.grad, weight)
    assert found.rescalings[0].factor == pytest.approx(factor, rel=1e-4)
    near(found.rescalings[0].after, weight * factor, rel=1e-4)
    near(found.step.change, -LR * weight * factor, rel=1e-4)
    assert explained("linear", clip="{value: 1.0}").rescalings[0].after.values == (-1.0,)


# -- through a whole chain ------------------------------------------------------------------


def test_lenet_from_the_loss_to_its_first_bias():
    found = explained("lenet", "conv1.bias")
    kinds = [link.kind for link in found.links]
    assert kinds == [
        "MSELoss",
        "MSELoss",
        "Linear",
        "ReLU",
        "Linear",
        "ReLU",
        "Linear",
        "Flatten",
        "MaxPool2d",
        "ReLU",
        "Conv2d",
        "MaxPool2d",
        "ReLU",
        "Conv2d",
    ]
    assert all(link.source == "by hand" for link in found.links)
    assert found.links[2].shapes[0] == "(1, 10)"
    assert found.links[-1].shapes == ("(1, 6, 28, 28)", "sum over rows and places", "(6,)")
    assert found.gap.residual < 1e-7
    assert found.chain.endswith("∂y₂/∂y₁ · ∂y₁/∂b")


def test_shapes_move_as_the_broadcast_form_moves_them():
    found = explained("broadcast_mlp", "0.weight")
    shapes = {link.symbol: link.shapes for link in found.links}
    assert shapes["∂L/∂y₂"] == (
        "(1000, 1)", "(1000, 1, 1) × (50, 1)", "(1000, 50, 1)", "sum over the last", "(1000, 50)",
    )  # fmt: skip
    assert shapes["∂L/∂w"][1:5] == (
        "(1000, 784, 1) × (1000, 1, 50)", "(1000, 784, 50)", "sum over the first", "(784, 50)",
    )  # fmt: skip
    assert found.gap.residual < 1e-6


@pytest.mark.parametrize("update", [1, 3])
def test_every_parameter_of_a_deep_model(config, update):
    path = config(
        ["Conv2d(1, 3, 3)", "BatchNorm2d(3)", "ReLU(inplace=True)", "Flatten", "Dropout(0.5)",
         "Linear(48, 2)"],
        input="[8, 1, 6, 6]", target="[8, 2]", loss="SmoothL1Loss", optimizer="AdamW",
    )  # fmt: skip
    for name in ("0.weight", "0.bias", "1.weight", "1.bias", "5.weight"):
        found = explained(path, name, update)
        assert found.gap.is_explained, name
        assert found.gap.residual < 1e-6, name
        assert found.step.receipt.residual < 1e-6, name


def test_rows_of_more_dimensions(config):
    path = config(["Linear(3, 4)", "Tanh", "Linear(4, 2)"], "[5, 7, 3]", "[5, 7, 2]")
    found = explained(path, "0.weight")
    assert found.gap.residual < 1e-6
    assert "as rows (35, 4)" in found.links[-1].shapes


def test_another_dtype():
    assert explained("linear", loop__dtype="float64").gap.residual < 1e-14
    assert explained("linear", loop__dtype="bfloat16").gap.is_explained


# -- what has no rule -----------------------------------------------------------------------


def test_a_layer_without_a_rule_is_named_and_the_chain_goes_on(config):
    path = config(["Linear(3, 4)", "Hardswish", "Linear(4, 4)", "Tanh", "Linear(4, 2)"])
    found = explained(path, "0.weight")
    gap = next(link for link in found.links if link.kind == "Hardswish")
    assert gap.note.startswith("not derived: no rule for Hardswish; the chain goes on")
    assert [link.kind for link in found.links if link.source == "autograd"] == [
        "Hardswish",
        "Linear",
    ]
    assert found.gap.residual < 1e-6
    assert found.terms == ()


def test_a_loss_without_a_rule(config):
    found = explained(config(["Linear(3, 2)"], loss="PoissonNLLLoss"))
    assert found.links[0].note == "not derived: no rule for PoissonNLLLoss"
    assert found.gap.residual < 1e-6


def test_a_class_is_derived_layer_by_layer(config):
    found = explained(config("Skip"), "a.weight")  # its layer is called twice
    assert [link.place for link in found.links[2:]] == ["a", "a", "a, call 2", "a, call 2"]
    assert found.gap.residual < 1e-6
    assert "Skip has a forward of its own" in found.notes[0]


def test_a_weight_that_two_layers_share(config):
    found = explained(config("Tied"), "a.weight")
    assert {link.place for link in found.links[2:]} == {"a", "b"}
    assert found.gap.residual < 1e-6


def test_a_parameter_of_the_model_itself(config):
    found = explained(config("Skip"), "scale")
    assert found.by_hand is None
    assert found.gap is None
    assert found.grad is not None
    assert found.links[-1].note == "not derived: no rule for Skip"
    assert "not derived by hand" in found.notes[-1]


def test_a_gradient_of_none():
    found = explained("why_none")
    assert found.grad is None
    assert ".grad is None" in found.notes[-1]


# -- honesty --------------------------------------------------------------------------------


def test_a_wrong_rule_is_not_hidden(monkeypatch):
    right = TABLE[nn.Linear]

    def wrong(module, inputs, outputs, grads):
        given = right.backward(module, inputs, outputs, grads)
        return Gradients(given.inputs, {k: 1.01 * v for k, v in given.parameters.items()})

    monkeypatch.setitem(TABLE, nn.Linear, BackwardRule("Linear", "wrong", wrong))
    found = explained("linear")
    assert not found.agrees
    assert found.gap.residual == pytest.approx(0.100049, rel=1e-4)
    result = CliRunner().invoke(app, ["explain", "linear"])
    assert result.exit_code == 1
    assert "✗ more than rounding explains" in result.output


def test_an_edited_gradient_is_not_hidden():
    loaded = load_config("linear", [])
    training = build_training(loaded.config, loaded.folder, loaded.locate)
    training.model.fc.weight.register_hook(lambda grad: grad * 2)
    found = explain_training(training)
    near(found.by_hand, -10.004934)
    near(found.grad, -20.009868)
    assert not found.agrees


def test_a_gradient_edited_before_the_step_is_not_hidden():
    loaded = load_config("linear", [])
    training = build_training(loaded.config, loaded.folder, loaded.locate)

    def edit(*_):
        training.model.fc.weight.grad.mul_(3)

    handle = register_optimizer_step_pre_hook(edit)  # global hooks run in their order: first
    try:
        found = explain_training(training)
    finally:
        handle.remove()
    near(found.grad, -10.004934)
    assert any("step read another .grad" in note for note in found.notes)


def test_the_books_of_the_recorder_agree():
    assert explained("accumulate", clip="{norm: 0.1}").notes == (
        "the links are those of micro-batch 1 of 4; the others go the same way",
    )


def test_the_process_is_left_as_it_was():
    before = torch.get_default_dtype()
    explained("linear")
    assert torch.get_default_dtype() == before


# -- mistakes -------------------------------------------------------------------------------


def test_a_typo_is_met_with_a_suggestion():
    with pytest.raises(UsageError, match=r"did you mean fc\.weight\?"):
        explained("linear", "fc.wieght")


def test_an_update_past_the_end():
    with pytest.raises(UsageError, match=r"has 4 updates; --set loop\.updates=9"):
        explained("linear", update=9)
    w, b = W, B
    for _ in range(3):
        w, b = (v - LR * g for v, g in zip((w, b), mse_grads(w, b), strict=True))
    last = explained("linear", update=4)
    near(last.step.before, w)
    near(last.by_hand, mse_grads(w, b)[0])


def test_a_frozen_parameter():
    with pytest.raises(UsageError, match="is frozen"):
        explained("why_none", "frozen")


@pytest.mark.parametrize("words", [["--param", "nope"], ["--update", "9"], ["--set", "x"]])
def test_mistakes_exit_with_2(words):
    result = CliRunner().invoke(app, ["explain", "linear", *words])
    assert isinstance(result.exception, UsageError)
    assert result.exception.exit_code == 2


def test_the_loss_is_the_one_that_run_prints():
    """Two terms that are added in float32 round otherwise than in float64."""
    found = explained("loss_sums")
    loaded = load_config("loss_sums")
    training = build_training(loaded.config, loaded.folder, loaded.locate)
    with record(training.model, training.optimizer) as trace:
        training.run()
    assert found.loss == trace.updates[0].loss
    assert f"{found.loss:.7g}" == "44.48973"


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32"])
def test_an_error_of_five_percent_is_no_rounding(config, dtype):
    path = config("HookedByFivePercent", input="[4, 2]", target="[4, 1]")
    assert not explained(path, "fc.weight", loop__dtype=dtype).gap.is_explained
    assert explained(path, "fc.bias", loop__dtype=dtype).gap.is_explained


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize("seed", range(3))
def test_coarse_rounding_is_explained(config, dtype, seed):
    deep = config(["Linear(3, 4)", "Tanh", "Linear(4, 4)", "LayerNorm(4)", "ReLU", "Linear(4, 2)"])
    found = explained(deep, "0.weight", loop__dtype=dtype, loop__seed=seed)
    assert found.gap.is_explained
