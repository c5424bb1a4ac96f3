"""What the schema asks for, in plain words and at the user's own keys."""

from __future__ import annotations

import pytest
from config_examples import CUSTOM, FULL, SMALL, VALUES, all_texts, load_text, place, problems_of

from backtrace.config.load import MAX_PROBLEMS
from backtrace.config.nested import row_mismatch
from backtrace.config.schema import ModelClass, RandomData, ValuesData
from backtrace.config.words import describe, suggest, visible


def _one(text: str) -> tuple[str, str, str]:
    (problem,) = problems_of(text)
    return problem.key, problem.found, problem.hint


@pytest.mark.parametrize("text", all_texts().values(), ids=all_texts())
def test_valid_configs_load(text: str) -> None:
    assert not problems_of(text)


def test_values_arrive() -> None:
    config = load_text(FULL).config
    assert isinstance(config.model, list)
    assert [layer.name for layer in config.model] == ["fc", None, "head", None]
    assert config.model[3].kwargs == {"p": 0.5}
    assert config.optimizer.model_extra == {"lr": 1e-3, "betas": [0.9, 0.99]}
    assert config.optimizer.groups[0].kwargs == {"weight_decay": 0}
    assert config.loss["l1"].weight == 0.5
    assert isinstance(config.data, RandomData)
    assert config.data.input.shape == [12, 4]
    custom = load_text(CUSTOM).config
    assert isinstance(custom.model, ModelClass)
    assert custom.model.kwargs == {"hidden": 8}
    assert custom.loop.zero_grad is False
    values = load_text(VALUES).config.data
    assert isinstance(values, ValuesData)
    assert values.target == [[1.0], [16]]


def test_a_misspelled_section_is_told_once() -> None:
    key, found, hint = _one(SMALL.replace("optimizer:", "optimzer:"))
    assert key == "optimzer"
    assert found == "`optimzer` is not a key here"
    assert hint.startswith("did you mean `optimizer`? Keys here: model, ")


@pytest.mark.parametrize("path", ["loop.seed", "loop.epochs", "optimizer.lr", "data.batch_size"])
def test_a_key_beside_the_sections_is_sent_to_its_own(path: str) -> None:
    name = path.partition(".")[2]
    key, found, hint = _one(f"{SMALL}\n{name}: 1\n")
    assert (key, found) == (name, f"`{name}` is not a key here")
    assert hint.startswith(f"did you mean `{path}`? Keys here: model, ")


def test_a_missing_section_comes_with_an_example() -> None:
    key, found, hint = _one("\n".join(SMALL.splitlines()[:3]))
    assert (key, found) == ("data", "missing")
    assert "data: {source: values" in hint


SMALL_CHANGES = [
    ("loop: {epochs: 0}", "loop.epochs", "the number 0", "at least 1"),
    ("loop: {epochs: 1.5}", "loop.epochs", "the number 1.5", "a whole number"),
    ("loop: {epochs: true}", "loop.epochs", "true", "a whole number"),
    ('loop: {epochs: "3"}', "loop.epochs", 'the text "3"', "a whole number"),
    ("loop: {seed: -1}", "loop.seed", "the number -1", "at least 0"),
    ("loop: {dtype: float23}", "loop.dtype", '"float23"', "did you mean `float32`?"),
    ("loop: {zero_grad: 3}", "loop.zero_grad", "the number 3", "set_to_none"),
    ("loop: {zero_grad: {to_none: no}}", "loop.zero_grad.to_none", "not a key", "set_to_none"),
    ("loop: {epoch: 3}", "loop.epoch", "not a key here", "did you mean `epochs`?"),
    ("loop: [1]", "loop", "a list of 1", "a mapping"),
    ("loop:", "loop", "nothing", "a mapping"),
    ("clip: {}", "clip", "give one of norm and value", ""),
    ("clip: {norm: 1, value: 1}", "clip", "give one of norm and value", ""),
    ("clip: {norm: 0}", "clip.norm", "the number 0", "more than 0"),
    ("clip: {norm: .inf}", "clip.norm", "the number inf", "finite"),
    ("clip: {norm: .nan}", "clip.norm", "the number nan", ""),
    ("scheduler: 3", "scheduler", "the number 3", "StepLR"),
    ("scheduler: {type: StepLR, per: day}", "scheduler.per", '"day"', "one of: update, epoch"),
    ("init: {w: [[1, 2], [3]]}", "init.w.1", "a list of 1", "has 2"),
    ("init: {w: [1, x]}", "init.w.1", '"x"', "a number"),
    ("init: {w: [1, [2]]}", "init.w.0", "the number 1", "a list belongs"),
    ("init: {w: []}", "init.w", "an empty list", "at least one"),
    ("init: {0.w: true}", "init.0.w", "true", "a number"),
    ("init: 3", "init", "the number 3", "names of parameters"),
    ("compare: [1]", "compare", "a list of 1", "variants"),
]


@pytest.mark.parametrize(("line", "key", "found", "hint"), SMALL_CHANGES)
def test_one_thing_wrong(line: str, key: str, found: str, hint: str) -> None:
    text = SMALL + line + "\n"
    (problem,) = problems_of(text)
    assert problem.key == key
    assert found in problem.found
    assert hint in problem.hint
    assert place(problem)[0] == 5


REPLACED = [
    ("loss: MSELoss", "loss: {}", "loss", "an empty mapping"),
    ("loss: MSELoss", "loss: {a: {weight: 1}}", "loss.a.loss", "missing"),
    ("loss: MSELoss", "loss: {a: {loss: M, weight: .nan}}", "loss.a.weight", "the number nan"),
    ("loss: MSELoss", "loss: {a: {loss: M, output: [1]}}", "loss.a.output", "a list of 1"),
    ("loss: MSELoss", "loss: {a: {loss: M, apply: summ}}", "loss.a.apply", '"summ"'),
    ("loss: MSELoss", "loss: {a: {loss: M, wait: 1}}", "loss.a.wait", "not a key"),
    ("SGD(lr=0.1)", "{lr: 0.1}", "optimizer.type", "missing"),
    ("SGD(lr=0.1)", "", "optimizer", "nothing"),
    ("SGD(lr=0.1)", "{type: SGD(lr=1)}", "optimizer.type", '"SGD(lr=1)"'),
    ("SGD(lr=0.1)", "{type: S, groups: [{lr: 1}]}", "optimizer.groups.0.params", "missing"),
    ("SGD(lr=0.1)", "{type: S, groups: {a: 1}}", "optimizer.groups", "a mapping with a"),
    ("[{type: Linear, args: [1, 1]}]", "[]", "model", "an empty list"),
    ("[{type: Linear, args: [1, 1]}]", "[a: L, a: R]", "model.1.a", "the name `a`"),
    ("[{type: Linear, args: [1, 1]}]", "[{type: 5}]", "model.0.type", "the number 5"),
    ("[{type: Linear, args: [1, 1]}]", "[{type: L, args: 5}]", "model.0.args", "the number 5"),
    ("[{type: Linear, args: [1, 1]}]", "{clas: a:B}", "model.clas", "not a key"),
    ("[{type: Linear, args: [1, 1]}]", "{class: ab}", "model.class", '"ab"'),
    ("[[1.0]]", "[[1.0], [2.0]]", "data", "input has 2 rows, target has 1"),
    ("[[1.0]]", "1.0", "data", "rows"),
    ("[[1.0]]", "[]", "data.input", "an empty list"),
    ("[[1.0]]", "[[1.0], [1, 2]]", "data.input.1", "a list of 2"),
    ("[[1.0]]", "[[yes]]", "data.input.0.0", "true"),
    ("source: values", "source: valus", "data.source", '"valus"'),
    ("source: values, ", "", "data.source", "missing"),
    ("source: values", "source: [1]", "data.source", "a list of 1"),
    ("source: values", "source: random", "data.input.0", "a list of 1"),
    ("source: values", "source: csv, path: a", "data.input.0", "a list of 1"),
    ("{source: values, input: [[1.0]], target: [[2.0]]}", "3", "data", "the number 3"),
]


@pytest.mark.parametrize(("old", "new", "key", "found"), REPLACED)
def test_one_thing_replaced(old: str, new: str, key: str, found: str) -> None:
    assert old in SMALL
    problems = problems_of(SMALL.replace(old, new, 1))
    assert any(problem.key == key and found in problem.found for problem in problems), problems
    assert all("‹" not in str(problem) for problem in problems)


def test_values_may_be_infinite() -> None:
    assert not problems_of(SMALL.replace("[[1.0]]", "[[.nan, .inf]]"))


def test_random_rows_must_be_equal() -> None:
    key, found, _ = _one(FULL.replace("shape: [12, 2]", "shape: [11, 2]"))
    assert (key, "input has 12 rows, target has 11" in found) == ("data", True)


def test_everything_is_told_at_once_and_in_order() -> None:
    text = FULL.replace("Dropout", "5").replace("epochs: 2", "epochs: x").replace("12, 4", "-1, 4")
    problems = problems_of(text)
    assert [problem.key for problem in problems] == [
        "model.3.type",
        "data.input.0",
        "loop.epochs",
    ]
    assert [place(problem) for problem in problems] == sorted(map(place, problems))


def test_a_list_of_problems_has_an_end() -> None:
    problems = problems_of(SMALL + "".join(f"x{at}: 1\n" for at in range(500)))
    assert len(problems) == MAX_PROBLEMS + 1
    assert "more problems" in problems[-1].found


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "true"),
        (3, "the number 3"),
        ("a", 'the text "a"'),
        ("", "an empty text"),
        ([1, 2], "a list of 2"),
        ({}, "an empty mapping"),
        ({"a": 1}, "a mapping with a"),
        (object(), "a object"),
    ],
)
def test_describe(value: object, words: str) -> None:
    assert describe(value) == words


def test_words_are_cut_and_printable() -> None:
    assert len(describe("x" * 1000)) < 80
    assert visible("a\x1b\n") == "a\\x1b\\n"
    assert suggest("epoch", ["epochs", "seed"]) == "did you mean `epochs`?"
    assert suggest("q", ["a"], "one of") == "one of: a"


@pytest.mark.parametrize(
    ("rows_in", "rows_out", "is_flat", "shape"),
    [(1, 10, True, "[1, 10]"), (5, 10, True, "[5, 2]"), (3, 10, True, ""), (1, 10, False, "")],
)
def test_a_flat_target_may_be_viewed(
    rows_in: int, rows_out: int, is_flat: bool, shape: str
) -> None:
    text = row_mismatch(rows_in, rows_out, is_flat=is_flat)
    view = f"as `target.view({rows_in}, -1)` has it, its shape is {shape}"
    assert (view in text) == bool(shape)
    assert text.startswith(f"input has {rows_in} row")
