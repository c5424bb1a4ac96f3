"""The help of every command in Chinese: complete, aligned, and nothing of it stays behind."""

from __future__ import annotations

import re

import rich.text
import typer
import typer.main
from command_runs import run_here
from rich.cells import cell_len
from typer import rich_utils

from backtrace.cli import app
from backtrace.cli.mistakes import _FORMS, entry_of
from backtrace.language import read_catalogue

EXAMPLE = re.compile(r"(?:\[dim\](.*?)\[/\]\s*|\s+)(.*)")
TITLES = ("Arguments", "Options", "Commands", "Usage:", "[default: {}]", "[required]")


def told():
    """Give what the help of all commands says, but for the commands in its examples; mistakes."""
    group = typer.main.get_command(app)
    yield from (*TITLES, rich_utils.RICH_HELP, rich_utils.ERRORS_PANEL_TITLE)
    yield from map(entry_of, _FORMS)
    for command in (group, *group.commands.values()):
        for part in command.help.split("\n\n"):
            if part.startswith("[dim]"):
                yield from [EXAMPLE.fullmatch(line)[2] for line in part.split("\n")]
            else:
                yield " ".join(part.split())
        for param in command.get_params(typer.Context(command)):
            yield getattr(param, "help", None) or ""


def test_nothing_of_the_help_is_missing():
    known, texts = read_catalogue("zh", "help"), set(filter(None, told()))
    assert len(texts) > 200
    assert not texts - known.keys()
    assert not known.keys() - texts  # what no help says any more
    for text, other in known.items():
        code = re.compile(r"`[^`]+`|--[a-z][a-z-]+")
        assert set(code.findall(text)) == set(code.findall(other)), text
        assert re.search("[\u4e00-\u9fff]", other), text


def test_a_help_is_in_the_language_that_is_asked_for(tmp_path, monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    before = rich_utils.DEFAULT_STRING, rich.text.divide_line
    said = run_here("compare", "--help", "--lang", "zh", cwd=tmp_path, COLUMNS="80").stdout
    assert "用法： " in said and "用相同的种子和数据训练两次或更多次，只改变一处。" in said
    assert " backtrace compare a.yaml b.yaml                   两个配置" in said
    assert "[默认：table]" in said and "显示这段帮助并退出。" in said
    prose = re.sub(r"backtrace [^\u4e00-\u9fff]*", "", said)
    assert not re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", prose)
    boxes = [line for line in said.splitlines() if line.startswith(("│", "╭", "╰"))]
    assert len(boxes) > 40 and {cell_len(line) for line in boxes} == {80}
    assert "…  │" not in said and "… │" not in said  # no text was cut off
    assert (rich_utils.DEFAULT_STRING, rich.text.divide_line) == before

    listed = run_here(cwd=tmp_path, COLUMNS="80", LANG="zh_CN.UTF-8").stdout
    assert "│ prove    找出问题" in listed and "─ 命令 ─" in listed
    helped = run_here("help", "rules", cwd=tmp_path, LANG="zh_CN.UTF-8").stdout
    assert "一条规则的页面：它看到什么、为什么、怎么办" in helped
    (tmp_path / "pyproject.toml").write_text('[tool.backtrace]\nlanguage = "zh"\n')
    assert "列出在训练循环中检查什么" in run_here("rules", "-h", cwd=tmp_path).stdout
    english = run_here("rules", "-h", "--lang=en", cwd=tmp_path).stdout
    assert "Usage: " in english and not re.search("[\u4e00-\u9fff]", english)
