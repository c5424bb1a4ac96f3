"""Three computations of a gradient: they agree where they should, and a wrong one is caught."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import numpy
import pytest
import torch
from torch import nn
from typer.testing import CliRunner

from backtrace.cli import app
from backtrace.config.load import load_config
from backtrace.errors import ConfigError, DataError, UsageError
from backtrace.explain.rules import TABLE
from backtrace.explain.rules.backward_rule import Gradients
from backtrace.explain.verify import finite_differences
from backtrace.explain.verify.checks import measure
from backtrace.explain.verify.compare_gradients import verify
from backtrace.explain.verify.verification_facts import GradientDifference
from backtrace.train.training import build_training

START = """
model: {model}
loss: {loss}
optimizer: {{type: SGD, lr: 0.1}}
data: {{source: random, input: {input}, target: {target}}}
"""


@pytest.fixture
def config(tmp_path):
    """Write a config, by a class of `verify_nets` or a list of layers; return its path."""

    def _config(model, input="[5, 3]", target="[5, 2]", loss="MSELoss"):
        if isinstance(model, list):
            model = "".join(f"\n  - {layer}" for layer in model)
        else:
            model = f'{{class: "verify_nets:{model}"}}'
        path = tmp_path / "config.yaml"
        path.write_text(START.format(model=model, input=input, target=target, loss=loss))
        return path

    return _config


def training_of(target, **overrides):
    loaded = load_config(target, list(overrides.items()))
    return build_training(loaded.config, loaded.folder, loaded.locate)


def checks(found):
    return {check.name: check for check in found.checks}


def run(*arguments):
    return CliRunner().invoke(app, ["verify", *map(str, arguments)])


# -- where all agree ------------------------------------------------------------------------


def test_broadcast_mlp():
    found = verify(training_of("broadcast_mlp"), samples=4)
    assert {name: check.verdict for name, check in checks(found).items()} == dict.fromkeys(
        ["0.weight", "0.bias", "2.weight", "2.bias", "input"], "agree"
    )
    first = found.forms[0]
    assert (first.shape, first.bytes_float32) == ((1000, 784, 50), 156_800_000)
    assert first.difference.is_close
    assert found.whole and not found.missing


@pytest.mark.parametrize(
    "name", ["linear", "loss_mix", "loss_sums", "lenet", "small_net", "digits", "accumulate"]
)
def test_bundled_configs(name):
    found = verify(training_of(name), samples=3)
    assert {check.verdict for check in found.checks} == {"agree"}


def test_made_up_data():
    found = verify(training_of("cifar10", **{"data.synthetic": "true"}), samples=2)
    assert {check.verdict for check in found.checks} == {"agree"}
    assert "random numbers" in found.notes[-1]


@pytest.mark.parametrize(
    ("layers", "x", "y", "loss"),
    [
        (["Conv1d(2, 4, 3, groups=2)", "GELU", "MaxPool1d(2)", "Flatten", "Linear(8, 2)"],
         "[4, 2, 6]", "[4, 2]", "SmoothL1Loss"),
        (["ConvTranspose2d(1, 2, 2, stride=2)", "GroupNorm(2, 2)", "SiLU", "AdaptiveAvgPool2d(2)",
          "Flatten", "Softmax(dim=1)"],
         "[3, 1, 2, 2]", "{shape: [3, 8], distribution: uniform}", "KLDivLoss"),
        (["Linear(3, 4)", "BatchNorm1d(4)", "Dropout(0.5)", "Hardtanh", "Linear(4, 2)", "Sigmoid"],
         "[6, 3]", "{shape: [6, 2], distribution: uniform}", "BCELoss"),
        (["Embedding(5, 4)", "LayerNorm(4)", "Flatten", "Linear(12, 3)", "LogSoftmax(dim=1)"],
         "{shape: [4, 3], classes: 5}", "{shape: [4], classes: 3}", "NLLLoss"),
        (["LSTM(3, 2, batch_first=True)"], "[4, 3, 3]", "[4, 3, 2]",
         "{a: {loss: HuberLoss, output: 0, weight: 0.3, apply: mean}, "
         "b: {loss: MSELoss, output: 0, apply: sum}}"),
        (["Linear(3, 1)"], "[4, 3]", "[4]", "{a: {loss: L1Loss, apply: squeeze}}"),
    ],
)  # fmt: skip
def test_chains(config, layers, x, y, loss):
    found = verify(training_of(config(layers, x, y, loss)))
    assert {check.verdict for check in found.checks} <= {"agree"}
    assert not found.missing
    assert ("input" in checks(found)) == ("Embedding(5, 4)" not in layers)


def test_a_gradient_of_rounding_alone_is_zero(config):
    found = verify(training_of(config(["Linear(3, 4)", "BatchNorm1d(4)", "Linear(4, 2)"])))
    check = checks(found)["0.bias"]  # BatchNorm takes the mean away again
    assert check.verdict == "agree"
    assert check.reason == "0 but for rounding: relative differences say nothing"


def test_a_shared_layer_gets_the_sum(config):
    found = verify(training_of(config("Twice")))
    assert found.whole
    assert {check.verdict for check in found.checks} == {"agree"}


def test_nothing_of_the_users_is_changed(config):
    layers = [
        "Linear(3, 4)",
        "BatchNorm1d(4)",
        "ReLU(inplace=True)",
        "Dropout(0.5)",
        "Linear(4, 2)",
    ]
    training = training_of(config(layers))
    before = {name: value.clone() for name, value in training.model.state_dict().items()}
    torch.manual_seed(5), random.seed(5), numpy.random.seed(5)
    states = torch.get_rng_state(), random.getstate(), numpy.random.get_state()[1].copy()
    found = verify(training)
    assert found.agrees
    assert torch.get_default_dtype() == torch.float32
    assert torch.equal(torch.get_rng_state(), states[0]) and random.getstate() == states[1]
    assert (numpy.random.get_state()[1] == states[2]).all()
    after = training.model.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert all(p.grad is None for p in training.model.parameters())
    assert training.model[2].inplace


# -- a class of the user's ------------------------------------------------------------------


def test_a_class_is_checked_layer_by_layer(config):
    found = verify(training_of(config("Attentive", "[2, 3, 4]", "[2, 3]")))
    by_name = checks(found)
    assert found.agrees and not found.whole
    assert by_name["attn.in_proj_weight"].verdict == "agree"
    assert by_name["lstm.weight_hh_l0"].verdict == "agree"
    assert by_name["output"].rule == "MSELoss"
    assert {"attn.input", "drop.input", "act.input", "act.input #2"} <= set(by_name)
    assert "belongs to Attentive itself" in by_name["scale"].reason
    assert "autograd gives None" in by_name["unused.weight"].reason
    assert by_name["frozen.weight"].verdict == "not checked"
    assert "frozen" in by_name["frozen.weight"].reason
    assert [(m.name, m.reason) for m in found.missing] == [("mish", "no rule for Mish")]
    assert "forward of its own" in found.notes[0]


def test_a_parameter_used_elsewhere_too_is_said(config):
    target = config("Tied", "{shape: [4, 3], classes: 5}", "{shape: [4], classes: 5}",
                    "CrossEntropyLoss")  # fmt: skip
    check = checks(verify(training_of(target)))["table.weight"]
    assert check.verdict == "agree"
    assert "outside of its layer" in check.reason
    assert "padding_idx" in check.reason


def test_a_call_that_no_rule_knows_is_not_derived(config):
    found = verify(training_of(config("Masked", "[2, 3, 4]", "[2, 3, 4]")))
    assert found.missing[0].reason == "it was called with attn_mask"
    assert {check.verdict for check in found.checks} == {"two agree"}


def test_a_layer_without_a_rule_is_named(config):
    found = verify(training_of(config(["Linear(3, 4)", "PReLU", "Tanh", "Linear(4, 2)"])))
    by_name = checks(found)
    assert [(m.name, m.kind, m.reason) for m in found.missing] == [
        ("1", "PReLU", "no rule for PReLU")
    ]
    assert by_name["1.weight"].verdict == "two agree"
    assert by_name["1.weight"].reason == "not derived by hand: no rule for PReLU"
    assert {by_name[n].verdict for n in ("0.weight", "3.weight", "input")} == {"agree"}


def test_a_loss_without_a_rule_is_named(config):
    found = verify(training_of(config(["Linear(3, 2)"], loss="SoftMarginLoss")))
    assert [m.name for m in found.missing] == ["loss loss"] or found.missing[0].name.startswith(
        "loss"
    )
    assert {check.verdict for check in found.checks} == {"agree"}


def test_forward_hooks_are_no_rules(config):
    found = verify(training_of(config("ForwardHooked")))
    assert found.missing[0].reason == "it has forward hooks"
    assert found.agrees


# -- a wrong computation --------------------------------------------------------------------


@pytest.mark.parametrize("kind", [nn.Linear, nn.ReLU, nn.MSELoss])
def test_a_wrong_rule_is_caught(monkeypatch, kind):
    rule = TABLE[kind]

    def flipped(*given):
        right = rule.backward(*given)
        inputs = tuple(None if x is None else -x for x in right.inputs)
        return Gradients(inputs, {name: -g for name, g in right.parameters.items()})

    monkeypatch.setitem(TABLE, kind, replace(rule, backward=flipped))
    result = run("small_net")
    assert result.exit_code == 1
    assert "disagree" in result.output
    name = "2.weight" if kind is nn.Linear else "0.weight"  # two signs flipped are none
    wrong = checks(verify(training_of("small_net")))[name]
    assert wrong.verdict == "disagree"
    assert wrong.by_hand.absolute > 0
    assert "by hand stands alone" in wrong.reason


@pytest.mark.parametrize(
    ("model", "wrong"),
    [("Hooked", {"2.weight"}), ("BackwardHooked", {"0.weight", "0.bias", "input"})],
)
def test_a_wrong_autograd_is_caught(config, model, wrong):
    path = config(model)
    assert run(path).exit_code == 1
    by_name = checks(verify(training_of(path)))
    assert {name for name, check in by_name.items() if check.verdict == "disagree"} == wrong
    assert all("autograd stands against both" in by_name[name].reason for name in wrong)


def test_a_wrong_function_between_layers_is_caught(config):
    by_name = checks(verify(training_of(config("Custom"))))
    assert by_name["fc.weight"].verdict == by_name["input"].verdict == "disagree"
    assert "from whose gradient at the layer's output" in by_name["fc.weight"].reason
    assert by_name["fc.input"].verdict == "two agree"


def test_a_wrong_loss_rule_is_caught_for_a_class_too(config, monkeypatch):
    rule = TABLE[nn.MSELoss]

    def doubled(*given):
        return Gradients((2 * rule.backward(*given).inputs[0], None))

    monkeypatch.setitem(TABLE, nn.MSELoss, replace(rule, backward=doubled))
    by_name = checks(verify(training_of(config("Custom"))))
    assert by_name["output"].verdict == "disagree"


def test_names_of_inner_gradients_can_be_chosen(config):
    found = verify(training_of(config("Custom")), params=["fc.input", "output"])
    assert set(checks(found)) == {"fc.input", "output"}
    with pytest.raises(UsageError, match="no parameter has that name"):
        verify(training_of("small_net"), params=["0.input"])


def test_wrong_finite_differences_are_caught(monkeypatch):
    right = finite_differences.measure_slope

    def wrong(loss, tensor, at, h):
        return right(loss, tensor, at, h) / 2  # over 4h

    monkeypatch.setattr(finite_differences, "measure_slope", wrong)
    assert run("small_net", "--param", "2.weight").exit_code == 1
    check = checks(verify(training_of("small_net")))["2.weight"]
    assert "finite differences stand alone" in check.reason


def test_a_wrong_broadcast_form_is_caught(monkeypatch):
    from backtrace.explain.verify import forms as verify_forms

    right = verify_forms.linear_broadcast

    def wrong(*given):
        found = right(*given)
        return Gradients(found.inputs, {name: -g for name, g in found.parameters.items()})

    monkeypatch.setattr(verify_forms, "linear_broadcast", wrong)
    result = run("small_net")
    assert result.exit_code == 1
    assert "They differ by" in " ".join(result.output.split())


def test_what_does_not_fit_is_not_built(monkeypatch):
    from backtrace.explain.verify import forms as verify_forms

    monkeypatch.setattr(verify_forms, "LIMIT", 100)
    result = run("small_net")
    assert result.exit_code == 0
    assert "Not built: the broadcast form would build (1, 10, 5), 400 bytes; 100 bytes" in " ".join(
        result.output.split()
    )


# -- kinks and other limits -----------------------------------------------------------------


def test_a_kink_is_no_disagreement(tmp_path):
    path = tmp_path / "kink.yaml"
    path.write_text(
        "model:\n  - Linear(2, 2, bias=False)\n  - ReLU\n"
        "init: {0.weight: [[0, 0], [1, 1]]}\n"
        "loss: MSELoss\noptimizer: {type: SGD, lr: 0.1}\n"
        "data: {source: values, input: [[1, 2]], target: [[3, 4]]}\n"
    )
    found = verify(training_of(path))
    check = checks(found)["0.weight"]
    assert (check.verdict, check.sampled, check.kinks) == ("agree", 4, 2)
    assert "2 of 4 sampled entries are at a kink" in check.reason
    assert found.notes == (
        "1 (ReLU): 1 of 2 inputs are exactly at a kink; the slope there is 0, as in torch",
    )


def test_only_kinks_are_no_judgement(tmp_path):
    path = tmp_path / "kink.yaml"
    path.write_text(
        "model:\n  - Linear(2, 1, bias=False)\n  - ReLU\ninit: {0.weight: [[0, 0]]}\n"
        "loss: MSELoss\noptimizer: {type: SGD, lr: 0.1}\n"
        "data: {source: values, input: [[1, 2]], target: [[3]]}\n"
    )
    check = checks(verify(training_of(path)))["0.weight"]
    assert (check.verdict, check.finite) == ("two agree", None)


def test_a_forward_that_does_not_repeat_is_said(config):
    found = verify(training_of(config("Counting")))
    assert found.agrees
    assert all(check.finite is None for check in found.checks)
    assert any("two forwards of the same batch" in note for note in found.notes)


def test_gradients_that_are_not_finite(tmp_path):
    path = tmp_path / "nan.yaml"
    path.write_text(
        "model:\n  - Linear(1, 1)\ninit: {0.weight: [[.nan]]}\n"
        "loss: MSELoss\noptimizer: {type: SGD, lr: 0.1}\n"
        "data: {source: values, input: [[1]], target: [[0]]}\n"
    )
    try:
        training = training_of(path)
    except ConfigError:
        pytest.skip("the config does not take nan")
    check = checks(verify(training))["0.weight"]
    assert (check.verdict, check.finite) == ("two agree", None) or check.verdict == "not checked"
    assert "not finite" in check.reason


# -- the command ----------------------------------------------------------------------------


def test_only_some_parameters():
    result = run("lenet", "--param", "conv1.*", "--param", "input", "--format", "json")
    document = json.loads(result.stdout)
    assert [check["name"] for check in document["checks"]] == [
        "conv1.weight",
        "conv1.bias",
        "input",
    ]
    assert document["agrees"] is True
    assert document["checks"][0]["verdict"] == "agree"


def test_a_seed_and_a_key():
    plain, seeded = (
        json.loads(run("small_net", *more, "--format", "json").stdout)
        for more in ([], ["--seed", "7", "--set", "loss.loss.loss.type=L1Loss"])
    )
    assert seeded["seed"] == 7
    assert plain["loss"] != seeded["loss"]
    assert "L1Loss" in seeded["rules"]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (
            ["small_net", "--param", "conv*"],
            UsageError,
            "--param conv*: no parameter has that name",
        ),
        (["no_such_config"], ConfigError, "no_such_config"),
        (["small_net", "--set", "loss"], UsageError, "KEY=VALUE"),
        (["cifar10", "--set", "data.path=nowhere"], DataError, "nowhere"),
    ],
)
def test_mistakes(arguments, error, words):
    result = run(*arguments)
    assert isinstance(result.exception, error)
    assert words in str(result.exception)


@pytest.mark.parametrize(
    ("model", "words"),
    [("NotCopied", "cannot be copied"), ("Detached", "requires a gradient")],
)
def test_models_that_cannot_be_verified(config, model, words):
    path = config(model, "[5, 3]", "[5, 2]")
    path.write_text(path.read_text().replace('"}', '", args: [3, 2]}'))
    with pytest.raises(UsageError, match=words):
        verify(training_of(path))


def test_a_zero_gradient_is_compared_absolutely(config):
    path = config(["Linear(2, 1)", "BatchNorm1d(1)"])
    rows = "{source: values, input: [[1, 2], [0.5, -1], [2, 0.3]], target: [[1.5], [0.2], [-1]]}"
    found = checks(verify(training_of(path, data=rows)))["0.bias"]
    assert found.verdict == "agree"
    assert found.by_hand.absolute < 1e-15 and found.by_hand.relative in (None, 0.0)
    zero, rounding = torch.tensor([[0.0], [2e-16]], dtype=torch.float64)
    assert measure(rounding, zero, 1e-14) == GradientDifference(2e-16, None, True)
    assert measure(rounding, zero) == GradientDifference(2e-16, None, False)


def test_what_to_does_not_reach_is_widened_too(config):
    training = training_of(config("Loose"))
    found = verify(training)
    assert {check.verdict for check in found.checks} <= {"agree", "two agree"}
    assert training.model.mixing.dtype == training.model.in_list[0].weight.dtype == torch.float32


def test_a_loss_that_depends_where_autograd_says_none():
    result = run("why_none", "--param", "detached", "--param", "fc.*")
    assert result.exit_code == 1
    assert "detached: autograd and finite differences disagree" in result.stdout
    assert "0 but for" not in result.stdout
