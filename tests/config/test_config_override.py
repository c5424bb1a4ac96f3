"""`--set KEY=VALUE` reaches every key, inside shorthands too, and is checked as the file is."""

from __future__ import annotations

import random
from typing import Any

import pytest
from config_examples import CUSTOM, FULL, SMALL, load_text, problems_of

from backtrace.config.schema import Config, ModelClass
from backtrace.errors import ConfigError


def _with(text: str, *overrides: tuple[str, str]) -> Config:
    return load_text(text, overrides).config


REACHED = [
    (SMALL, "optimizer.lr", "1e-2", ("optimizer", "lr"), 0.01),
    (SMALL, "optimizer.type", "Adam", ("optimizer", "type"), "Adam"),
    (SMALL, "optimizer", "Adam(lr=0.5)", ("optimizer", "lr"), 0.5),
    (SMALL, "model.0", "Linear(3, 4)", ("model", 0, "args"), [3, 4]),
    (SMALL, "model.0.args.1", "7", ("model", 0, "args"), [1, 7]),
    (SMALL, "model.0.kwargs.bias", "false", ("model", 0, "kwargs"), {"bias": False}),
    (SMALL, "model.0.bias", "no", ("model", 0, "kwargs"), {"bias": False}),
    (SMALL, "model.0.name", "fc", ("model", 0, "name"), "fc"),
    (SMALL, "model", "[ReLU, Tanh]", ("model", 1, "type"), "Tanh"),
    (SMALL, "loss", "L1Loss", ("loss", "loss", "loss", "type"), "L1Loss"),
    (SMALL, "loss.loss.weight", "2", ("loss", "loss", "weight"), 2.0),
    (SMALL, "loop.epochs", "4", ("loop", "epochs"), 4),
    (SMALL, "loop.zero_grad.set_to_none", "no", ("loop", "zero_grad", "set_to_none"), False),
    (SMALL, "clip.norm", "1", ("clip", "norm"), 1.0),
    (SMALL, "init.0.weight", "[[3]]", ("init", "0.weight"), [[3]]),
    (SMALL, "data.input", "[[5]]", ("data", "input"), [[5]]),
    (SMALL, "compare.a.optimizer.lr", "1", ("compare", "a", "optimizer.lr"), 1),
    (FULL, "model.fc.args", "[4, 9]", ("model", 0, "args"), [4, 9]),
    (FULL, "model.head.bias", "true", ("model", 2, "kwargs", "bias"), True),
    (FULL, "model.3.p", "0.1", ("model", 3, "kwargs", "p"), 0.1),
    (FULL, "init.fc.weight", "0", ("init", "fc.weight"), 0),
    (FULL, "init.fc.weight.gain", "3", ("init", "fc.weight", "kwargs", "gain"), 3),
    (FULL, "init.head.weight.std", "3", ("init", "head.weight", "kwargs", "std"), 3),
    (FULL, "loss.mse", "L1Loss", ("loss", "mse", "loss", "type"), "L1Loss"),
    (FULL, "loss.l1.loss.beta", "1", ("loss", "l1", "loss", "kwargs", "beta"), 1),
    (FULL, "clip", "null", ("clip",), None),
    (FULL, "clip", "", ("clip",), None),
    (FULL, "scheduler.step_size", "9", ("scheduler", "step_size"), 9),
    (FULL, "data.input", "[12, 5]", ("data", "input", "shape"), [12, 5]),
    (FULL, "data.input.shape.1", "5", ("data", "input", "shape"), [12, 5]),
    (
        FULL,
        "optimizer.groups.0.lr",
        "3",
        ("optimizer", "groups", 0, "kwargs"),
        {"weight_decay": 0, "lr": 3},
    ),
    (FULL, "compare.fast.optimizer.lr", "9", ("compare", "fast", "optimizer.lr"), 9),
    (CUSTOM, "model.args.hidden", "9", ("model", "kwargs"), {"hidden": 9}),
    (CUSTOM, "model.args", "{depth: 1}", ("model", "kwargs"), {"depth": 1}),
    (CUSTOM, "model", "[ReLU]", ("model", 0, "type"), "ReLU"),
    (CUSTOM, "data.like.input", "[3, 2]", ("data", "like", "input", "shape"), [3, 2]),
]


@pytest.mark.parametrize(("text", "key", "value", "path", "wanted"), REACHED)
def test_reached(
    text: str, key: str, value: str, path: tuple[str | int, ...], wanted: object
) -> None:
    found: Any = _with(text, (key, value))
    for part in path:
        found = found[part] if isinstance(found, dict | list) else getattr(found, str(part))
    assert found == wanted
    assert type(found) is type(wanted)


def test_overrides_come_one_after_another() -> None:
    overrides = [("optimizer", "Adam(lr=1)"), ("optimizer.lr", "2"), ("model.0", "ReLU")]
    loaded = load_text(SMALL, overrides)
    assert loaded.config.optimizer.model_extra == {"lr": 2}
    assert loaded.overrides == tuple(overrides)


def test_an_override_mends_the_file() -> None:
    broken = SMALL.replace("SGD(lr=0.1)", "SGD(lr=")
    assert problems_of(broken)
    assert not problems_of(broken, [("optimizer", "SGD(lr=1)")])


def test_a_class_takes_the_place_of_layers() -> None:
    assert isinstance(_with(SMALL, ("model", "{class: a.b:C}")).model, ModelClass)


REFUSED = [
    ("optimizer.lr.x", "1", "optimizer.lr", "no `x`", "as a whole"),
    ("model.9.type", "1", "model", "no `9`", "positions: 0 to 3"),
    ("model.-1.type", "1", "model", "no `-1`", "positions: 0 to 3"),
    ("model.hed.bias", "1", "model", "no `hed`", "did you mean `head`?"),
    ("optimzer.lr", "1", "optimzer", "not a key", "did you mean `optimizer`?"),
    ("loop.epoch", "1", "loop.epoch", "not a key", "did you mean `epochs`?"),
    ("loop.epochs", "x", "loop.epochs", 'the text "x"', "a whole number"),
    ("loop.epochs", "[1", "loop.epochs", "not closed", ""),
    ("loop.epochs", "!!int 1", "loop.epochs", "the tag", ""),
    ("loop.epochs", "1" * 99, "loop.epochs", "64 bits", ""),
    ("model.1", "ReLU(x)", "model.1", "`x`", "quoted"),
    ("", "1", "", "empty part", "such as"),
    ("a..b", "1", "a..b", "empty part", "such as"),
    ("clip.value", "1", "clip", "one of norm and value", ""),
]


@pytest.mark.parametrize(("key", "value", "at", "found", "hint"), REFUSED)
def test_refused(key: str, value: str, at: str, found: str, hint: str) -> None:
    (problem,) = problems_of(FULL, [(key, value)])
    assert problem.key == at
    assert found in problem.found
    assert hint in problem.hint
    assert problem.where == f"--set {key}" or key == "clip.value"


def test_problems_of_file_and_overrides_come_together() -> None:
    problems = problems_of(SMALL + "loop: {epochs: 0}\n", [("model.7.x", "1"), ("a..b", "1")])
    assert [problem.key for problem in problems] == ["loop.epochs", "model", "a..b"]


def test_any_override_is_put_or_refused() -> None:
    rng = random.Random(5)
    words = [
        "model",
        "0",
        "1",
        "fc",
        "type",
        "args",
        "kwargs",
        "loss",
        "l1",
        "init",
        "weight",
        "data",
        "input",
        "loop",
        "clip",
        "x",
        "compare",
    ]
    values = ["1", "x", "[", "{a: 1}", "[1]", "null", "F(1)", "F(", "*a", "", "'", "- 1"]
    for _ in range(250):
        key = ".".join(rng.choices(words, k=rng.randrange(1, 5)))
        try:
            load_text(rng.choice([SMALL, CUSTOM]), [(key, rng.choice(values))])
        except ConfigError as error:
            assert all(problem.found for problem in error.problems)


def test_a_path_is_told_without_what_nobody_types():
    (found,) = problems_of(SMALL, [("data", "{source: random, input: [20, -3], target: [20, 1]}")])
    assert str(found).startswith("--set data: data.input.1: ")
