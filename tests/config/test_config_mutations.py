"""Configs broken by seeded mutation: each gives a `ConfigError` with places, and nothing else."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest
from config_examples import all_texts, load_text

from backtrace.errors import ConfigError

WANTED = 50  # of each kind; a mutation that stays valid is not counted
MOST_TRIES = 1000
BAD_CALLS = [
    *("F(", "F)", "F(x)", "F(1+1)", "F(*[1])", "F(**1)", "F(f())", "1", "F(a=1, a=2)", "F()()"),
    *("F({1: 2})", "F(1j)", "F(-'a')", "lambda: 0", "import os", "__import__('os').system('x')"),
    "F(" + "[" * 300 + ")",
    "F(" + "-" * 900 + "1)",
    "F(9" + "9" * 5000 + ")",
]
Mutation = Callable[[random.Random, str], str | bytes]


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _keyed(rng: random.Random, text: str) -> tuple[list[str], int]:
    """Return the lines, and the number of one that has a key."""
    lines = _lines(text)
    keyed = [at for at, line in enumerate(lines) if re.match(r"[ -]*\w+:", line)]
    return lines, rng.choice(keyed)


def rename_key(rng: random.Random, text: str) -> str:
    lines, at = _keyed(rng, text)
    key = re.search(r"\w+(?=:)", lines[at])
    assert key
    spot = rng.randrange(len(key[0]))
    name = key[0][:spot] + rng.choice("qzx_Q") + key[0][spot + rng.randrange(2) :]
    lines[at] = lines[at].replace(key[0], name, 1)
    return "".join(lines)


def drop_line(rng: random.Random, text: str) -> str:
    lines, at = _keyed(rng, text)
    del lines[at]
    return "".join(lines)


def drop_section(rng: random.Random, text: str) -> str:
    blocks = re.split(r"^(?=\w)", text, flags=re.M)
    del blocks[rng.randrange(len(blocks))]
    return "".join(blocks)


def change_type(rng: random.Random, text: str) -> str:
    lines, at = _keyed(rng, text)
    odd = ["3", "-1", "abc", "[]", "{}", "[1, x]", "null", "true", '"1"', "{a: 1}", "1.5", ".nan"]
    lines[at] = re.sub(r":(\s.*)?$", f": {rng.choice(odd)}", lines[at].rstrip(), count=1) + "\n"
    return "".join(lines)


def break_call(rng: random.Random, text: str) -> str:
    call = rng.choice(BAD_CALLS)
    sections = ["optimizer", "scheduler", "loss", "model.0", "init.a"]
    where = rng.choice(sections)
    quoted = '"' + call + '"'
    pieces = re.split(r"^(?=\w)", text, flags=re.M)
    kept = [piece for piece in pieces if not piece.startswith(where.split(".")[0] + ":")]
    section, _, key = where.partition(".")
    value = f"\n  - {quoted}" if key == "0" else f"\n  {key}: {quoted}" if key else f" {quoted}"
    return "".join([*kept, f"\n{section}:{value}\n"])


def truncate(rng: random.Random, text: str) -> str:
    return text[: rng.randrange(len(text))]


def insert_bytes(rng: random.Random, text: str) -> bytes:
    raw = bytearray(text.encode())
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(raw) + 1)
        raw[at:at] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 4)))
    return bytes(raw)


def duplicate_line(rng: random.Random, text: str) -> str:
    lines, at = _keyed(rng, text)
    lines.insert(rng.randrange(at, len(lines)) + 1, lines[at])
    return "".join(lines)


def indent_wrongly(rng: random.Random, text: str) -> str:
    lines, at = _keyed(rng, text)
    change = rng.choice([" ", "   ", "\t", ""])
    lines[at] = change + (lines[at] if change else lines[at].lstrip(" -"))
    return "".join(lines)


def nest_deeply(rng: random.Random, text: str) -> str:
    lines, at = _keyed(rng, text)
    depth = rng.choice([5, 70, 1500])
    opening = rng.choice(["[", "{a: ", "- "])
    lines[at] = re.sub(r":(\s.*)?$", f": {opening * depth}", lines[at].rstrip(), count=1) + "\n"
    return "".join(lines)


def insert_punctuation(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text))
    return text[:at] + rng.choice([*"[]{}:,&*!|>%@`'\"#?-", "<<: ", "--- "]) + text[at:]


def swap_lines(rng: random.Random, text: str) -> str:
    lines = _lines(text)
    one, other = rng.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return "".join(lines)


MUTATIONS: list[Mutation] = [
    rename_key,
    drop_line,
    drop_section,
    change_type,
    break_call,
    truncate,
    insert_bytes,
    duplicate_line,
    indent_wrongly,
    nest_deeply,
    insert_punctuation,
    swap_lines,
]


def test_there_are_enough() -> None:
    assert len(MUTATIONS) * WANTED >= 500


@pytest.mark.parametrize("mutate", MUTATIONS)
def test_broken_configs_are_refused_with_places(mutate: Mutation) -> None:
    rng = random.Random(mutate.__name__)
    texts = list(all_texts().values())
    refused = 0
    for attempt in range(MOST_TRIES):
        broken = mutate(rng, texts[attempt % len(texts)])
        try:
            load_text(broken)
        except ConfigError as error:
            refused += 1
            assert error.problems
            for problem in error.problems:
                assert re.search(r":\d+:\d+: ", str(problem)), (broken, str(problem))
                assert problem.found
                assert "‹" not in str(problem), "a name of pydantic's branches"
                str(problem).encode()
        if refused == WANTED:
            return
    raise AssertionError(f"only {refused} of {MOST_TRIES} were broken")
