"""`show --where --sort`: which rows a condition picks, and what is said where it cannot be read."""

from __future__ import annotations

import json

import pytest
from command_runs import run_here as backtrace

from backtrace.errors import UsageError
from backtrace.show.picked.names import Names
from backtrace.show.picked.where import parse_where

ROW = {
    "update": 3,
    "parameter": "fc.bias",
    "loss": float("nan"),
    "loss.mse": 0.5,
    "update_ratio": 2.0,
    "grad_after_norm": None,
    "change_norm": 4.0,
    "value_before_norm": 2.0,
    "has_grad": False,
    "added_nonfinite": 2,
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("ratio > 1", True),
        ("ratio > 1 and update < 3", False),
        ("update < 3 or (ratio == 2 and update == 3)", True),
        ("1 < ratio <= 2.0", True),
        ("change > value_before_norm", True),
        ("grad < 1", False),  # there is none
        ("not grad < 1", True),
        ("grad is none", True),
        ("grad != None", False),
        ("loss > 0 or loss <= 0", False),
        ("loss == nan", True),
        ("loss.mse == 0.5", True),
        ("ratio == nan", False),
        ("name == 'fc.*'", True),
        ("parameter != 'fc.bias'", False),
        ("has_grad", False),
        ("not has_grad and ratio > -inf", True),
        ("has_grad == true", False),
        ("-1 < ratio", True),
    ],
)
def test_what_a_condition_picks(text, holds):
    names = Names(["mse"])
    row = {**dict.fromkeys(names.all()), **ROW}
    assert parse_where(text, names).holds(row) is holds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ratios > 1", "did you mean ratio?"),
        ("ratio = 1", "write == for equal"),
        ("ratio > 1 and", "that is no condition"),
        ("ratio", "compare ratio with something"),
        ("name > 3", "parameter is a text"),
        ("loss == 'high'", "loss is a number"),
        ("ratio > loss * 2", "loss * 2 is neither a column nor a number"),
        ("__import__('os')", "is no comparison"),
        ("().__class__ > 1", "there is no column ().__class__"),
        ("ratio in (1, 2)", "is neither a column nor a number"),
        ("ratio > grad > none", "only == and !="),
        ("(" * 400 + ")" * 400, "that is no condition"),
        ("a" * 2000, "longer than"),
        ("\0", "that is no condition"),
        ("", "that is no condition"),
    ],
)
def test_what_is_no_condition_is_refused_in_words(text, said):
    with pytest.raises(UsageError, match="--where") as caught:
        parse_where(text, Names())
    assert said in str(caught.value)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("traces")
    done = backtrace("run", "small_net", "-o", "run.trace", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_rows_are_picked_and_sorted(folder):
    words = ("show", "run.trace", "--where", "ratio > 0.05", "--sort")
    done = backtrace(*words, "ratio", "--format", "json", cwd=folder)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    ratios = [row["update_ratio"] for row in found["rows"]]
    assert ratios == sorted(ratios, reverse=True) and min(ratios) > 0.05
    assert len(ratios) == found["picked"] < found["of"]
    lines = backtrace(*words, "+ratio", "--format", "jsonl", cwd=folder).stdout.splitlines()
    assert [json.loads(line)["update_ratio"] for line in lines] == ratios[::-1]
    one = backtrace(*words, "ratio", "--update", "2", cwd=folder)
    assert {line.split()[0] for line in one.stdout.splitlines()[2:-2]} == {"2"}
    table = backtrace(*words, "ratio", cwd=folder)
    assert table.stdout.splitlines()[0].split() == [
        "update", "parameter", "loss", "grad", "change", "value", "ratio",
    ]  # fmt: skip
    shown = table.stdout.splitlines()
    assert len(shown) == 2 + min(20, len(ratios)) + 2
    assert shown[-1].startswith(f"{len(ratios)} of {found['of']} rows")
    some = backtrace(*words, "lr", "--format", "md", "--param", "*.bias", cwd=folder)
    assert some.stdout.startswith("| update | parameter |") and " lr |" in some.stdout
    assert ".weight" not in some.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--sort", "ratioo"], "did you mean ratio?"),
        (["--sort", "+"], "name a column"),
        (["--where", "ratio > 1", "--tui"], "not with --tui"),
        (["--where", "ratio > 1", "--param", "nope"], "no parameter has that name"),
        (["--where", "ratio > 1", "--update", "99"], "run.trace has updates"),
    ],
)
def test_what_cannot_be_picked_is_said(folder, words, said):
    done = backtrace("show", "run.trace", *words, cwd=folder)
    assert done.returncode == 2 and said in done.stderr and not done.stdout


def test_that_nothing_was_picked_is_said(folder):
    done = backtrace("show", "run.trace", "--where", "ratio > 1e9", cwd=folder)
    assert done.returncode == 0 and done.stdout.startswith("none of ")
