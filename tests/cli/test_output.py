"""What lands on stdout, for people and for programs."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys

import pytest
from rich.cells import cell_len

FULL = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
ESCAPE = "\x1b"
TERMINAL = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "200"}
READING = {"shape", "dtype", "norm", "mean", "min", "max", "zeros", "nonfinite"}
CALL = {"name", "detail", "where", "in_step", "is_eval"}
PARAMETER = {"shape", "value_before", "grad_before", "added", "grad_after", "change", "value_after"}
COLOR = re.compile(r"\x1b\[[0-9;]*?\b(3[0-9]|4[0-9]|9[0-7]|10[0-7])\b[0-9;]*m")


def is_reading(found: object) -> bool:
    return found is None or (isinstance(found, dict) and set(found) - {"values"} == READING)


# -- one JSON document ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        "run linear",
        "run linear --no-zero-grad",
        "run accumulate",
        "run loss_mix --by-term",
        "run lenet",
        "run cifar10 --synthetic --limit 1",
        "run learning_rates --set optimizer.lr=10.0",
    ],
)
def test_json_is_one_strict_document_with_the_documented_keys(cli, command):
    result = cli(f"{command} --format json")
    assert result.code == 0 and result.err == ""
    document = result.document
    assert set(document) == {"header", "updates", "interrupted", "diagnosis"}
    assert document["interrupted"] is False
    assert {"target", "versions", "settings", "config"} <= set(document["header"])
    assert [update["index"] for update in document["updates"]] == list(
        range(1, len(document["updates"]) + 1)
    )
    for update in document["updates"]:
        assert {"index", "loss", "terms", "calls", "parameters"} <= set(update)
        assert all(set(call) == CALL for call in update["calls"])
        for row in update["parameters"].values():
            assert set(row) >= PARAMETER
            single = [row[key] for key in PARAMETER - {"shape", "added"}]
            assert all(is_reading(found) for found in [*single, *row["added"]])
        for books in update["books"].values():
            assert books["is_balanced"] in (True, None)


def test_numbers_that_are_not_finite_are_strings(cli):
    updates = cli("run learning_rates --set optimizer.lr=10.0 --format json").document["updates"]
    assert updates[-1]["loss"] in ("NaN", "Infinity")


@pytest.mark.parametrize("command", ["run linear", "run digits --limit 3", "run accumulate"])
def test_jsonl_is_a_strict_document_per_event(cli, command):
    result = cli(f"{command} --format jsonl")
    assert result.code == 0 and result.err == ""
    header, *events, finished = result.lines
    assert header["event"] == "Header" and header["versions"]["torch"]
    assert finished["event"] == "Finished" and finished["interrupted"] is False
    assert [event["index"] for event in events] == list(range(len(events)))
    assert {"ParameterSeen", "GradsZeroed", "LossComputed", "BackwardRan", "StepTaken"} <= {
        event["event"] for event in events
    }


def test_compare_json(cli):
    result = cli("compare --no-zero-grad --format json")
    assert result.code == 0 and result.err == ""
    document = result.document
    assert [variant["name"] for variant in document["variants"]] == ["linear", "no zero_grad"]
    assert document["noise"]["parts"] is None
    (found,) = document["comparisons"]
    assert found["parts"]["update"] == 2 and found["parts"]["parameter"] == "fc.weight"
    assert "from update 2 on" in found["verdict"]


@pytest.mark.parametrize("command", ["run linear", "run lenet --all", "run accumulate"])
def test_markdown_has_whole_tables(cli, command):
    result = cli(f"{command} --format md")
    assert result.code == 0 and result.err == ""
    assert result.out.startswith("## ")
    blocks = re.findall(r"(?:^\|.*\n)+", result.out, re.MULTILINE)
    assert blocks
    for block in blocks:
        counts = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(counts) == 1


# -- tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize(
    "command",
    [
        "run linear",
        "run linear --no-zero-grad",
        "run accumulate",
        "run loss_sums --by-term",
        "run lenet --all --limit 1",
        "run cifar10 --synthetic --limit 1",
        "run digits --limit 30",
        "compare --no-zero-grad",
        "compare accumulate",
        "compare learning_rates --limit 6",
        "configs",
        "run --help",
    ],
)
def test_no_line_is_longer_than_the_terminal(cli, command, width):
    result = cli(command, COLUMNS=str(width))
    assert result.code == 0
    long = [line for line in result.out.splitlines() if cell_len(line) > width]
    assert long == []


@pytest.mark.parametrize("width", [60, 80, 200])
def test_numbers_survive_every_width(cli, width):
    text = cli("run linear --limit 1", COLUMNS=str(width)).out
    digits = 4 if width == 60 else 6
    for exact in (-10.00493, -4.1688, -0.150451, 0.958288):
        assert f"{exact:.{digits}g}" in text
    assert "None" in text and "zero_grad → forward → backward → step" in text


def test_a_run_ends_with_the_curve_one_line_and_the_verdict(cli):
    text = cli("run linear", COLUMNS="200").out
    curve, last, verdict = text.rstrip().rsplit("\n\n", maxsplit=2)
    assert "update\n" in curve + "\n" and "┤" in curve
    assert last.startswith("4 updates, loss 5.387 → 2.707")
    assert "books balanced" in last
    assert verdict.startswith("No findings in 4 updates. ")
    assert len(verdict.splitlines()) <= 2


@pytest.mark.parametrize("command", ["run linear", "compare --no-zero-grad", "configs"])
def test_no_escape_codes_where_there_is_no_terminal(cli, command):
    result = cli(command)
    assert result.code == 0
    assert ESCAPE not in result.out + result.err


@pytest.mark.parametrize("command", ["run linear", "compare --no-zero-grad", "configs"])
def test_no_color_means_no_color(cli, command):
    colored = cli(command, **TERMINAL).out
    assert ESCAPE in colored
    plain = cli(command, **TERMINAL, NO_COLOR="1").out
    assert not COLOR.search(plain)

    def words(text):
        text = re.sub(r"\x1b\[[0-9;]*m", "", text)
        return re.sub(r"[0-9.]+ m?s$| +$", "", text, flags=re.MULTILINE)

    assert words(plain) == words(colored)


@pytest.mark.parametrize("output", ["run linear --format json", "run linear --format md"])
def test_documents_have_no_escape_codes_even_in_a_terminal(cli, output):
    assert ESCAPE not in cli(output, **TERMINAL).out


def test_a_name_cannot_act_on_the_terminal(cli, tmp_path):
    (tmp_path / "odd.yaml").write_text(
        'model:\n  - Linear(1, 1)\nloss: {"a\\e[31mb": MSELoss}\noptimizer: SGD(lr=0.1)\n'
        "data: {source: random, input: [4, 1], target: [4, 1]}\nloop: {updates: 1}\n"
    )
    result = cli("run odd.yaml")
    assert ESCAPE not in result.out + result.err


def test_configs_lists_every_bundled_config(cli):
    from backtrace.config.bundled import bundled_names, in_teaching_order

    lines = cli("configs", COLUMNS="200").out.splitlines()
    assert [line.split()[0] for line in lines] == in_teaching_order()
    assert sorted(in_teaching_order()) == bundled_names()
    assert all(len(line.split()) > 3 for line in lines)


def test_schema_is_a_json_schema(cli):
    schema = cli("schema").document
    assert "properties" in schema and "model" in str(schema)


# -- streams that end early ---------------------------------------------------------------------


@pytest.mark.usefixtures("warm_processes")
@pytest.mark.parametrize("command", ["configs", "schema", "run digits --format jsonl"])
def test_a_closed_pipe_is_no_error(alone, command):
    process = alone(*command.split())
    assert process.stdout.readline()
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")


@pytest.mark.parametrize(
    ("command", "target", "code"),
    [("configs", ">&-", 0), ("configs", "> /dev/full", 2)],
)
@FULL
def test_a_stdout_that_takes_nothing(command, target, code):
    done = subprocess.run(
        f"exec {sys.executable} -m backtrace {command} {target}",
        shell=True, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert bool(done.stderr) == bool(code)


@FULL
@pytest.mark.usefixtures("warm_processes")
def test_a_run_is_told_that_stdout_takes_nothing(alone):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        process = alone("run", "linear", stdout=full)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2 and "Traceback" not in err and err


@pytest.mark.usefixtures("warm_processes")
def test_a_real_terminal_gets_a_bar_on_stderr_and_documents_on_stdout(alone):
    ours, theirs = os.openpty()
    process = alone(
        *["run", "digits", "--epochs", "20", "--format", "json"], stderr=theirs, text=False
    )
    os.close(theirs)
    out, seen, waiting = b"", b"", {ours, process.stdout.fileno()}
    while waiting:
        for ready in select.select(list(waiting), [], [], 60)[0]:
            try:
                part = os.read(ready, 65536)
            except OSError:  # the terminal's other end is closed
                part = b""
            if not part:
                waiting.discard(ready)
            elif ready == ours:
                seen += part
            else:
                out += part
    os.close(ours)
    assert process.wait(60) == 0
    assert b"\x1b" not in out and out.startswith(b"{") and out.endswith(b"}\n")
    assert b"updates/s" in seen
