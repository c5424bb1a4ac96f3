"""The sentences of comparisons in Chinese, the rare ones too: whole, with what stands in them."""

from __future__ import annotations

import re

import pytest
from test_catalogues import PACKAGE, is_said, texts_of

from backtrace.language import localized, using_language

FILES = [
    *("sentence", "rank_reasons", "print_trials", "print_what_if", "print_cause", "print_proof"),
    *("from_capsule", "values", "report", "replayed", "plan", "script_plan", "trace_pair"),
]
SAID = {
    "b and a are bitwise identical in every gradient and value over 5 updates, as far as the "
    "readings tell, but a has 5 updates and b 7.": (
        "共 5 次更新，就读数所能看出的而言，但 a 有 5 次更新，b 有 7 次。"
    ),
    "a has 5 updates and b 7.": "a 有 5 次更新，b 有 7 次。",
    "b is not finite from update 3 on (loss), its loss not finite from update 4 on.": (
        "b 从第 3 次更新起不是有限值（loss），损失从第 4 次更新起不是有限值。"
    ),
    "Read were 3 of the first 9 updates of a and 2 of the first 9 updates of b: the 2 that both "
    "have were compared, and the two may part anywhere after update 4.": (
        "读取了 a 前 9 次更新中的 3 次，以及 b 前 9 次更新中的 2 次：比较了双方都有的 2 次，"
        "两者可能在第 4 次更新之后的任何地方分开。"
    ),
    "At update 2, zero_grad: .grad is None in a only, of fc.weight, fc.bias.": (
        "第 2 次更新的 zero_grad：只有 a 中 fc.weight, fc.bias 的 .grad 是 None。"
    ),
    "a and b do not step in the same order: step 2 is g's in one, d's in the other": (
        "a 与 b 的 step 顺序不同：第 2 次 step 一边属于 g，另一边属于 d"
    ),
    "That is 4 times as much: a sum over 4 ranks in place of their mean?": (
        "它是 4 倍：是不是对 4 个 rank 求了和，而不是取均值？"
    ),
    "The first update is of 8 rows in a, and of 4 + 4 rows in b: they compare where both take the "
    "same rows, so divide the batch size by the number of ranks.": (
        "a 的第一次更新有 8 行，b 的有 4 + 4 行：两者取相同的行才能比较，"
        "所以请把批次大小除以 rank 数。"
    ),
    "a with --lr 0.1 is b: the same bits in the first 5 updates.": (
        "a 加上 --lr 0.1 就是 b：前 5 次更新逐位相同。"
    ),
    "parts at update 2, step: value of fc.weight": "分开处：第 2 次更新的 step：fc.weight 的 value",
    "Updates 1 to 4: the same bits as in a.trace.": "第 1 到 4 次更新：与 a.trace 逐位相同。",
    "all ten in one batch parts from a at update 1, backward: .grad of w, ‖1‖ against ‖2‖.": (
        "all ten in one batch 与 a 从这里分开：第 1 次更新的 backward：w 的 .grad，‖1‖ 对 ‖2‖。"
    ),
    "b parts from a at update 1, start: value of w, nothing in common: shape (2, 4) against "
    "(1,).": ("w 的 value，没有共同之处：形状 (2, 4) 对 (1,)。"),
    "Settings that differ: optimizer.lr 0.01 against 0.5, data.x not set against 2, model.": (
        "optimizer.lr 0.01 对 0.5, data.x 未设 对 2, model。"
    ),
    "b failed after 3 updates: exit code 1.": "b 在 3 次更新之后失败：exit code 1。",
}


@pytest.mark.parametrize("name", FILES)
def test_no_sentence_is_missing(name):
    with using_language("zh"):
        texts = set(texts_of(PACKAGE / "compare" / f"{name}.py"))
        assert not [text for text in texts if not is_said(text)]


@pytest.mark.parametrize("sentence", SAID)
def test_a_rare_sentence_is_told_whole(sentence):
    with using_language("zh"):
        told = localized(sentence)
    assert SAID[sentence] in told, told
    assert re.search("[\u4e00-\u9fff]", told)
