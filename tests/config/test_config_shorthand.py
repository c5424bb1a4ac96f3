"""Shorthands are spelled out, once and for all."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from config_examples import all_texts, load_text

from backtrace.config.read import read_tree
from backtrace.config.shorthand import expand

LINEAR = {"type": "Linear", "args": [2, 1], "kwargs": {}}
MSE = {"type": "MSELoss", "args": [], "kwargs": {}}

SPELLED = [
    ("model", "[{type: Linear, args: [2, 1]}]", [LINEAR]),
    ("model", "- Linear(2, 1)", [LINEAR]),
    ("model", "- fc: Linear(2, 1)", [{"name": "fc", **LINEAR}]),
    ("model", "- fc: {type: Linear, args: [2, 1]}", [{"name": "fc", **LINEAR}]),
    (
        "model",
        "- {type: Linear, in_features: 2, bias: no, kwargs: {out_features: 1}}",
        [
            {
                "type": "Linear",
                "args": [],
                "kwargs": {"in_features": 2, "bias": False, "out_features": 1},
            }
        ],
    ),
    ("model", "{class: a.b:C}", {"class": "a.b:C"}),
    ("model", "{class: a:C, args: [1]}", {"class": "a:C", "args": [1]}),
    ("model", "{class: a:C, args: {n: 1}}", {"class": "a:C", "args": [], "kwargs": {"n": 1}}),
    ("loss", "MSELoss", {"loss": {"loss": MSE}}),
    ("loss", "{type: MSELoss}", {"loss": {"loss": MSE}}),
    ("loss", "{mse: MSELoss}", {"mse": {"loss": MSE}}),
    ("loss", "{mse: {type: MSELoss}}", {"mse": {"loss": MSE}}),
    ("loss", "{a: {loss: MSELoss, weight: 2}}", {"a": {"loss": MSE, "weight": 2}}),
    ("optimizer", "SGD(lr=0.1)", {"type": "SGD", "lr": 0.1}),
    ("optimizer", "SGD", {"type": "SGD"}),
    (
        "optimizer",
        "{type: SGD, groups: [{params: '*', lr: 1}]}",
        {"type": "SGD", "groups": [{"params": "*", "kwargs": {"lr": 1}}]},
    ),
    ("scheduler", "StepLR(step_size=2)", {"type": "StepLR", "step_size": 2}),
    ("scheduler", "null", None),
    ("init", "{w: 1.5, v: [1, 2]}", {"w": 1.5, "v": [1, 2]}),
    ("init", "{w: zeros_}", {"w": {"type": "zeros_", "args": [], "kwargs": {}}}),
    (
        "init",
        "{w: {type: normal_, std: 2}}",
        {"w": {"type": "normal_", "args": [], "kwargs": {"std": 2}}},
    ),
    (
        "data",
        "{source: random, input: [2, 3], target: {shape: [2]}}",
        {"source": "random", "input": {"shape": [2, 3]}, "target": {"shape": [2]}},
    ),
    (
        "data",
        "{source: csv, input: [a], like: {input: [2, 1]}}",
        {"source": "csv", "input": ["a"], "like": {"input": {"shape": [2, 1]}}},
    ),
]


@pytest.mark.parametrize(("section", "text", "full"), SPELLED)
def test_spelled_out(section: str, text: str, full: Any) -> None:
    value = yaml.safe_load(text)
    before = copy.deepcopy(value)
    assert expand({section: value}) == ({section: full}, [])
    assert value == before, "what was given must stay as it was"
    assert expand({section: full}) == ({section: full}, []), "twice changes nothing"


WRONG = [
    ("model", "3", ("model",)),
    ("model", "[3]", ("model", "0")),
    ("model", "['Linear(1']", ("model", "0")),
    ("model", "[{fc: 'Linear(1'}]", ("model", "0", "fc")),
    ("model", "[{fc: Linear, b: ReLU}]", ("model", "0")),
    ("model", "[{fc: {type: Linear, name: b}}]", ("model", "0", "fc", "name")),
    ("model", "[{type: Linear, a: 1, kwargs: {a: 2}}]", ("model", "0", "a")),
    ("model", "{class: a:C, args: {a: 1}, kwargs: {b: 1}}", ("model", "kwargs")),
    ("loss", "[MSELoss]", ("loss",)),
    ("loss", "{mse: 3}", ("loss", "mse")),
    ("loss", "{mse: MSELoss, weight: 3}", ("loss", "weight")),
    ("loss", "{mse: {loss: 'M('}}", ("loss", "mse", "loss")),
    ("optimizer", "SGD(0.1)", ("optimizer",)),
    ("optimizer", "SGD(type='x')", ("optimizer",)),
    ("optimizer", "{type: SGD, kwargs: {lr: 1}}", ("optimizer", "kwargs")),
    ("scheduler", "StepLR(2)", ("scheduler",)),
    ("init", "{w: 'x y'}", ("init", "w")),
    ("init", "{w: {std: 1}}", ("init", "w", "type")),
]


@pytest.mark.parametrize(("section", "text", "path"), WRONG)
def test_what_cannot_be_spelled_out_stays(section: str, text: str, path: tuple[str, ...]) -> None:
    full, flaws = expand({section: yaml.safe_load(text)})
    assert [flaw.path for flaw in flaws] == [path]
    assert expand(full)[1] == flaws


@pytest.mark.parametrize("text", all_texts().values(), ids=all_texts())
def test_whole_configs_are_spelled_out_once(text: str) -> None:
    full, flaws = expand(read_tree(text)[0].plain())
    assert not flaws
    assert expand(full) == (full, [])
    assert load_text(yaml.safe_dump(full)).config == load_text(text).config
