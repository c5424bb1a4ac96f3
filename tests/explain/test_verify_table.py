"""The drawing of a verification: what it says, at any width, with and without colour."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from backtrace.explain.chain.not_derived import NotDerived
from backtrace.explain.megabytes import megabytes
from backtrace.explain.verify.verification_facts import (
    Check,
    Form,
    GradientDifference,
    Verification,
)
from backtrace.show.text.verification import verification_table, verification_to_json

GOOD, BAD = GradientDifference(1.25e-17, 2.5e-16, True), GradientDifference(0.5, 2.0, False)


def check(name, **changes):
    made = Check(name, "parameter", "Linear", (784, 50), GOOD, GOOD, 16, 0, "agree")
    return replace(made, **changes)


def verification(*checks, **changes):
    made = Verification(
        target="mine", loss=1.069575, whole=True, checks=checks, forms=(), missing=(),
        rules={"Linear": "x.g = y.g @ w.T"}, notes=(), samples=16, step=6.055e-6, seed=3,
    )  # fmt: skip
    return replace(made, **changes)


def draw(found, width=80, color=False):
    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=color, no_color=not color,
        color_system="truecolor" if color else None, highlight=False, markup=False,
    )  # fmt: skip
    console.print(verification_table(found))
    return out.getvalue()


def said(found):
    return " ".join(draw(found).split())


def test_a_row_has_rule_shape_differences_and_verdict():
    text = draw(verification(check("fc.weight"), check("input", kind="input", rule="Conv2d")))
    row = next(line for line in text.splitlines() if line.startswith("fc.weight"))
    assert row.split() == [
        "fc.weight", "Linear", "(784,", "50)", "1.2e-17", "2.5e-16", "1.2e-17", "2.5e-16", "16",
        "✓", "agree",
    ]  # fmt: skip
    assert "✓ 2 gradients: 2 agree" in text
    assert "seed 3" in said(verification(check("a")))


def test_what_is_wrong_is_said_in_words_too():
    wrong = check(
        "b", by_hand=BAD, verdict="disagree", reason="the derivation by hand stands alone"
    )
    text = said(verification(check("a"), wrong))
    assert "✗ disagree" in text
    assert "✗ 2 gradients: 1 agree, 1 disagree" in text
    assert "why b: the derivation by hand stands alone" in text
    assert not verification(check("a"), wrong).agrees


def test_a_missing_computation_is_a_dash():
    lone = check("c", by_hand=None, rule="", verdict="two agree", reason="not derived by hand")
    text = draw(verification(lone))
    row = next(line for line in text.splitlines() if line.startswith("c "))
    assert row.split()[:6] == ["c", "–", "(784,", "50)", "–", "–"]
    assert "1 gradient: 1 two agree" in text


def test_equal_reasons_are_told_once():
    names = [f"layer{n}.weight" for n in range(6)]
    found = verification(*(check(n, reason="frozen", verdict="not checked") for n in names))
    assert "layer0.weight, layer1.weight, layer2.weight, layer3.weight and 2 more: frozen" in said(
        found
    )


def test_notes_forms_and_missing():
    forms = (
        Form("fc", (1000, 784, 50), 156_800_000, 3_136_000, GOOD),
        Form("big", (10**6, 784, 50), 156_800_000_000, 10**9, None, "2 GB may be used"),
        Form("odd", (1, 2, 3), 24, 24, BAD),
    )
    missing = (NotDerived("3", "Mish", "no rule for Mish"),)
    text = said(verification(check("a"), forms=forms, missing=missing, notes=("a [bold]tie[/]",)))
    assert "fc: the broadcast form builds (1000, 784, 50), 157 MB in float32" in text
    assert "at most 3.14 MB. They agree to 1.2e-17" in text
    assert (
        "157 GB in float32; the matrix products at most 1 GB. Not built: 2 GB may be used" in text
    )
    assert "odd:" in text and "They differ by 0.5" in text
    assert "not derived 3 (Mish): no rule for Mish; the chain goes on from autograd's" in text
    assert "note a [bold]tie[/]" in text
    assert "rules Linear: x.g = y.g @ w.T" in text


def test_many_forms_are_cut():
    forms = tuple(Form(f"fc{n}", (n, 2, 3), 24 * n, 24, GOOD) for n in range(1, 9))
    text = said(verification(check("a"), forms=forms))
    assert "fc8:" in text and "fc5:" not in text
    assert "5 smaller ones agree or are refused alike" in text


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(width):
    found = verification(
        check("transformer.encoder.layers.11.self_attn.in_proj_weight", rule="MultiheadAttention"),
        check("input", kind="input", shape=(64, 3, 224, 224)),
        notes=("a long note " * 20,),
    )
    assert max(cell_len(line) for line in draw(found, width).splitlines()) <= width


def test_a_long_name_puts_the_rule_below_it():
    found = verification(check("encoder.self_attn.in_proj_weight", rule="MultiheadAttention"))
    assert "  MultiheadAttention" in [line.rstrip() for line in draw(found, 80).splitlines()]
    assert "in_proj_weight MultiheadAttention" in draw(found, 120)


def test_color_adds_nothing_but_color():
    found = verification(check("a"), check("b", by_hand=BAD, verdict="disagree"))
    colored = draw(found, color=True)
    assert "\x1b[" in colored
    assert "\x1b" not in draw(found)


def test_control_characters_are_spelled_out():
    assert "\x1b" not in draw(verification(check("a\x1b[2J", rule="R\x1b"), target="t\x1b"))


def test_json_is_json():
    infinite = GradientDifference(float("inf"), float("nan"), False)
    found = verification(check("a", by_hand=infinite, verdict="disagree"))
    document = json.loads(verification_to_json(found))
    assert document["agrees"] is False
    assert document["checks"][0]["by_hand"] == {
        "absolute": "Infinity", "relative": "NaN", "is_close": False,
    }  # fmt: skip
    assert document["rules"] == {"Linear": "x.g = y.g @ w.T"}


@pytest.mark.parametrize(
    ("size", "text"),
    [(12, "12 bytes"), (1600, "1.6 kB"), (156_800_000, "157 MB"), (3 * 10**9, "3 GB")],
)
def test_sizes(size, text):
    assert megabytes(size) == text


def test_the_drawing_imports_no_torch():
    code = "import sys, backtrace.show.text.verification; assert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
