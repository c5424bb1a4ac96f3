"""Mistakes on the command line in Chinese, with none of Typer's own words left in English."""

from __future__ import annotations

import pytest
from command_runs import run_here


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "linear", "--nope"), "没有选项 --nope"),
        (("explain",), "缺少参数 'target'。"),
        (("run", "linear", "--limit", "x"), "'--limit' 的值无效：这里应当是整数"),
        (("run", "linear", "--limit", "0"), "'--limit' 的值无效：必须不小于 1"),
        (("nosuch",), "没有命令 'nosuch'。"),
    ],
)
def test_a_mistake_is_told_in_chinese(tmp_path, words, said):
    done = run_here(*words, "--lang", "zh", cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "用法：" in done.stderr and "帮助见" in done.stderr and "错误" in done.stderr
    english = run_here(*words, cwd=tmp_path)
    assert english.returncode == 2
    assert english.stderr.lstrip().startswith("Usage:") and "─ Error ─" in english.stderr


def test_markdown_and_lessons_speak_it_too(tmp_path):
    shown = run_here("explain", "linear", "--rows", "--format", "md", "--lang", "zh", cwd=tmp_path)
    assert "### linear · 第 1 次更新 ·" in shown.stdout
    assert "#### 梯度" in shown.stdout and "- 手工推导: -10.0049" in shown.stdout
    missing = run_here("learn", "nosuch", "--lang", "zh", cwd=tmp_path)
    assert "没有这个名称的课" in missing.stderr
