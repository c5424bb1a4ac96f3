"""The JSON Schema takes what the loader takes; and configs survive being written and read."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from config_examples import SMALL, all_texts, load_text, problems_of
from hypothesis import given, settings
from hypothesis import strategies as st
from small_json_schema import accepts

from backtrace.config.json_schema import build_schema
from backtrace.config.read import read_tree
from backtrace.config.scalars import resolve_plain
from backtrace.config.shorthand import expand

SCHEMA = build_schema()


def _plain(text: str) -> Any:
    return read_tree(text)[0].plain()


@pytest.mark.parametrize("text", all_texts().values(), ids=all_texts())
def test_valid_configs_are_accepted(text: str) -> None:
    assert accepts(SCHEMA, _plain(text))
    assert accepts(SCHEMA, expand(_plain(text))[0]), "spelled out as well"


REFUSED = [
    SMALL + "optimzer: 1\n",
    SMALL.replace("loss: MSELoss\n", ""),
    SMALL.replace("MSELoss", "3"),
    SMALL.replace("source: values", "source: valus"),
    SMALL.replace("[[1.0]]", "[[x]]"),
    SMALL + "loop: {epochs: 0}\n",
    SMALL + "loop: {epoch: 1}\n",
    SMALL.replace("{type: Linear, args: [1, 1]}", "{fc: Linear, b: ReLU}"),
    SMALL.replace("{type: Linear, args: [1, 1]}", "'3'"),
]


@pytest.mark.parametrize("text", REFUSED)
def test_mistakes_are_refused(text: str) -> None:
    assert problems_of(text)
    assert not accepts(SCHEMA, _plain(text))


def test_the_schema_is_plain_and_complete() -> None:
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
    assert "2020-12" in SCHEMA["$schema"]
    assert SCHEMA["title"] and SCHEMA["description"]
    assert "$id" not in SCHEMA
    text = json.dumps(SCHEMA)
    for name in SCHEMA["$defs"]:
        assert f'"#/$defs/{name}"' in text, f"{name} is defined and not used"


names = st.from_regex(r"[a-z_][a-z0-9_]{0,6}", fullmatch=True).filter(
    lambda name: isinstance(resolve_plain(name), str)
)
types = st.from_regex(r"[A-Z][A-Za-z0-9]{0,6}", fullmatch=True)
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
scalars = numbers | st.booleans() | st.none() | st.text("ab :#'\"\n\té-[{", max_size=5)
plain = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=5)
kwargs = st.dictionaries(names, plain, max_size=3)
calls = st.fixed_dictionaries(
    {"type": types, "args": st.lists(plain, max_size=2), "kwargs": kwargs}
)
finite = st.floats(allow_nan=False, allow_infinity=False, width=32)


def rows(count: int) -> st.SearchStrategy[list[list[float]]]:
    return st.lists(st.lists(numbers, min_size=2, max_size=2), min_size=count, max_size=count)


configs = st.fixed_dictionaries(
    {
        "model": st.lists(calls, min_size=1, max_size=3),
        "loss": st.dictionaries(
            names.filter(lambda name: name != "type"),
            st.fixed_dictionaries({"loss": calls, "weight": finite}),
            min_size=1,
            max_size=2,
        ),
        "optimizer": st.fixed_dictionaries({"type": types, "lr": plain}),
        "data": st.integers(1, 3).flatmap(
            lambda count: st.fixed_dictionaries(
                {"source": st.just("values"), "input": rows(count), "target": rows(count)}
            )
        ),
    },
    optional={
        "init": st.dictionaries(names, numbers, max_size=2),
        "clip": st.fixed_dictionaries({"value": st.floats(0.1, 1e6)}),
        "loop": st.fixed_dictionaries(
            {"epochs": st.integers(1, 9), "zero_grad": st.booleans(), "seed": st.integers(0, 99)}
        ),
    },
)


@settings(max_examples=20, deadline=None)
@given(configs)
def test_config_to_text_to_config(given_config: dict[str, Any]) -> None:
    text = yaml.safe_dump(given_config, allow_unicode=True, sort_keys=False)
    once = load_text(text).config
    dumped = once.model_dump(by_alias=True)
    assert accepts(SCHEMA, dumped)
    again = load_text(yaml.safe_dump(dumped, allow_unicode=True)).config
    assert again == once
    assert dumped["data"]["input"] == given_config["data"]["input"]
    assert dumped["optimizer"]["lr"] == given_config["optimizer"]["lr"]


@given(st.floats(allow_nan=False))
def test_floats_are_read_back(number: float) -> None:
    for written in (repr(number), f"{number:e}", yaml.safe_dump(number).split("\n")[0]):
        if "inf" not in written:
            assert resolve_plain(written) == float(written)


@given(st.text(max_size=30))
def test_any_text_stands_for_something(text: str) -> None:
    try:
        found = resolve_plain(text)
    except ValueError as error:
        assert "64 bits" in str(error)
    else:
        assert found is None or isinstance(found, bool | int | float | str)
