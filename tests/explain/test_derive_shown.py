"""How a derivation is drawn: golden text for `linear`, and widths that are kept.

`UPDATE_GOLDEN=1 pytest tests/explain/test_derive_shown.py` writes the golden files anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from command_runs import run_here
from rich.cells import cell_len
from typer.testing import CliRunner

from backtrace.cli import app
from backtrace.config.load import load_config
from backtrace.driver.explained import explain_training
from backtrace.language import using_language
from backtrace.show.markdown.derivation import derivation_to_markdown
from backtrace.show.text.derivation import derivation_lines
from backtrace.train.training import build_training

GOLDEN = Path(__file__).parent / "golden"
CASES = {
    "linear": ({}, None, 1),
    "held": ({"loop.zero_grad": "false"}, None, 2),
    "mix": ({"optimizer.momentum": "0.9"}, None, 2),
}


def found_of(name, target="linear"):
    overrides, param, update = CASES[name]
    loaded = load_config("loss_mix" if name == "mix" else target, list(overrides.items()))
    training = build_training(loaded.config, loaded.folder, loaded.locate)
    return explain_training(training, target=loaded.path.stem, param=param, update=update)


def steady(text):
    """Return text without residuals, which differ from machine to machine."""
    return re.sub(r"(residual:?\s+)\S+ (✓ rounding) \(up to \S+\)", r"\1… \2", text)


def hold(name, text):
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(steady(text), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == steady(text)


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("name", sorted(CASES))
def test_terminal(name, width):
    lines = derivation_lines(found_of(name), width)
    hold(f"derive-{name}-{width}.txt", "\n".join(line.text for line in lines) + "\n")


@pytest.mark.parametrize("name", sorted(CASES))
def test_markdown(name):
    hold(f"derive-{name}.md", derivation_to_markdown(found_of(name)))


@pytest.mark.parametrize("words", [
    ["lenet", "--param", "conv1.bias"], ["digits", "--param", "conv1.weight", "--update", "2"],
    ["accumulate", "--set", "clip.norm=0.1"], ["why_none"], ["cifar10", "--synthetic"],
])  # fmt: skip
def test_lines_fit_and_equations_are_closed(words):
    for width in (80, 200):
        result = CliRunner(env={"COLUMNS": str(width)}).invoke(app, ["explain", *words])
        assert result.exit_code == 0, result.output
        assert max(cell_len(line) for line in result.output.splitlines()) <= width
        assert "\x1b" not in result.output
    text = CliRunner().invoke(app, ["explain", *words, "--format", "md"]).output
    blocks = text.split("$$")
    assert len(blocks) % 2 == 1
    for latex in blocks[1::2]:
        assert latex.count("{") == latex.count("}")
        assert "norm" not in latex
        assert not re.search(r"\\[^a-zA-Z]", latex)  # Markdown would take the backslash away


@pytest.mark.parametrize("name", ["AdamW", "NAdam"])
def test_a_number_stands_in_the_line_of_its_name(name):
    loaded = load_config("linear", [("optimizer.type", name)])
    training = build_training(loaded.config, loaded.folder, loaded.locate)
    found = explain_training(training, update=3)
    for width in range(60, 120):
        lines = [line.text for line in derivation_lines(found, width)]
        assert not [line for line in lines if re.search(r"\b[a-zβ]\w* =$", line)], width
        assert max(map(cell_len, lines)) <= width


def test_a_limit_stands_in_the_line_of_its_word():
    loaded = load_config("linear", [("clip.norm", "100")])
    training = build_training(loaded.config, loaded.folder, loaded.locate)
    found = explain_training(training)
    for width in range(60, 120):
        text = "\n".join(line.text for line in derivation_lines(found, width))
        assert "limit 100:" in text, width


def test_the_blackboard_reads_as_it_should():
    text = CliRunner().invoke(app, ["explain", "linear"]).output
    for said in (
        "L = 1/3 Σ(ŷ − y)² = 5.387224",
        "2/3·(-0.8339, -2.0844, -3.3349)",
        "∂ŷ/∂w = x = (1, 2, 3)",
        "-0.555933·1 − 1.3896·2 − 2.22327·3",
        "-0.2505 − 0.01·(-10.0049) = -0.150451",
    ):
        assert said in text


def test_no_receipt_is_said():
    loaded = load_config("linear", [])
    training = build_training(loaded.config, loaded.folder, loaded.locate)

    class Own(type(training.optimizer)):
        def step(self, closure=None):
            super().step()

    training.optimizer.__class__ = Own
    text = "\n".join(line.text for line in derivation_lines(explain_training(training), 80))
    assert "no receipt for Own" in text
    assert "value  -0.2505 → -0.150451" in text


def test_markdown_in_chinese():
    with using_language("zh"):
        text = derivation_to_markdown(found_of("mix"))
    plain = re.sub(r"\$\$.*?\$\$|`[^`]*`", "", text, flags=re.DOTALL)
    assert "舍入误差（上限" in text and "形状" in text
    assert re.findall(r"[a-z]{2,} [a-z]{2,}", plain) == []


def test_a_letter_of_a_node_is_one_thing_and_has_its_number(tmp_path):
    """A page with `n = the rows` has no other n: not a power's, nor how many a mean is of."""
    (tmp_path / "train.py").write_text(
        "import torch\n"
        "net = torch.nn.Linear(3, 1)\n"
        "sgd = torch.optim.SGD(net.parameters(), lr=0.1)\n"
        "net(torch.ones(4, 3)).pow(2).mean().backward()\n"
        "sgd.step()\n"
    )
    told = run_here("explain", "train.py", cwd=tmp_path).stderr
    assert "1/(how many are averaged) for every element" in told
    assert "k = 2" in told and "·k·xᵏ⁻¹" in told and " n = " not in told
