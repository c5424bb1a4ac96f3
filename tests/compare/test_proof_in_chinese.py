"""What `prove` prints in Chinese, of a proof that is given, and of every experiment."""

from __future__ import annotations

import re
from dataclasses import replace

from rich.cells import cell_len

from backtrace.compare.print_proof import print_proof
from backtrace.compare.proof import CureTrial, Proof
from backtrace.diagnose.rule import Finding
from backtrace.language import localized, using_language
from backtrace.steer.catalogue import EXPERIMENTS

FOUND = Finding(
    "BT101", "never-cleared", "error",
    "sgd.step at update 2 read gradients that still hold those of update 1",
    "call sgd.zero_grad() before each backward, or right after each step", 2, "a.py:1",
)  # fmt: skip
LEFT = replace(FOUND, code="BT205", pattern="frozen-by-mistake", message="fc alone is frozen: ‥")
ENGLISH = re.compile(r"[a-z]+( [a-z]+){2}")


def told(capsys, proof):
    with using_language("zh"):
        print_proof(proof)
    return capsys.readouterr().out


def test_a_cure_that_helped_and_one_that_did_not(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    helped = CureTrial(
        ("zero_grad",), (FOUND,), said="gradients were cleared 9 times", times=9,
        losses=(9, 1.5, 0.25), learns=("a", "b", "c", "d", "e"),
    )  # fmt: skip
    failed = CureTrial(
        ("unfreeze",), (LEFT,), (LEFT,), (FOUND,), "3 times a parameter was unfrozen", 3
    )
    said = told(capsys, Proof("a.py", 9, [FOUND, LEFT], [helped, failed], 0.5, False, helped))
    assert "加上 --zero-grad：清除梯度 9 次。\n   ✓ 问题消失了。" in said
    assert "9 次更新之后的损失是 0.25，原来是 1.5（噪声 0.5）。" in said
    assert "现在开始学习的参数：a, b, c 以及另外 2 个。" in said
    assert "✗ 新出现：BT101 never-cleared：第 2 次更新的 sgd.step 读到的梯度里还含有" in said
    assert "合在一起：--zero-grad" in said and "最后的损失相差 0.5，这是噪声" in said
    assert max(map(cell_len, said.splitlines())) <= 80
    prose = re.sub(r"fc alone is frozen", "", said)
    assert not ENGLISH.search(prose), prose


def test_runs_that_show_nothing(capsys):
    trials = [
        CureTrial(("zero_grad",), (FOUND,), error="exit code 1", output="boom"),
        CureTrial(("unfreeze",), (LEFT,), said="no parameter of that name was frozen"),
    ]
    said = told(capsys, Proof("a.py", 9, [FOUND, LEFT], trials, None, None))
    assert "没有看到它起作用。" in said and "那次运行无法判断：exit code 1。" in said
    assert "✗ 它没有起作用，所以说明不了什么。" in said and "第二次运行失败了" in said
    alone = told(capsys, Proof("a.py", 9, [FOUND], [], 0.0, True))
    assert "没有实验能验证它的修复" in alone and "噪声为 0" in alone
    assert "没有发现问题" in told(capsys, Proof("a.py", 9, [], [], 0.0, True))


def test_every_experiment_says_what_it_did():
    with using_language("zh"):
        for each in EXPERIMENTS:
            said = [each.done.format(times=times, value="8") for times in ("once", "3 times")]
            for text in (each.never.format(value="8"), *said):
                assert not re.search("[a-z]+ [a-z]+ [a-z]+", localized(text)), text
                assert localized(text) != text
