"""Texts are shown also without docstrings (`python -OO`), and on a stdout of ASCII letters only."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from backtrace import docstrings, narrow_stdout
from backtrace.diagnose.catalogue import load_all_rules
from backtrace.diagnose.ranks.rank_rule import RankRule
from backtrace.diagnose.rule_page import rule_to_markdown
from backtrace.printable import json_text
from backtrace.show.breaks.stopped_run import StoppedRun


@contextmanager
def ascii_stdout() -> Iterator[io.BytesIO]:
    raw, before = io.BytesIO(), sys.stdout
    sys.stdout = io.TextIOWrapper(raw, "ascii", errors="surrogateescape", write_through=True)
    try:
        narrow_stdout.narrow_stdout()
        yield raw
    finally:
        sys.stdout, narrow_stdout._Narrowed.stream = before, None


def test_every_page_is_read_from_the_source(monkeypatch: pytest.MonkeyPatch) -> None:
    for rule in load_all_rules().values():
        check = rule.search if isinstance(rule, RankRule) else rule.check
        monkeypatch.setattr(sys.modules[check.__module__], "__doc__", None)
        assert rule_to_markdown(replace(rule, page="")) == rule_to_markdown(rule), rule.code
    wanted = docstrings.docstring_of(StoppedRun)
    monkeypatch.setattr(StoppedRun, "__doc__", None)
    assert docstrings.docstring_of(StoppedRun) == wanted
    assert docstrings._read("nowhere", None) == docstrings._GONE


def test_without_docstrings() -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "80"}
    code = (
        "import sys; from backtrace.__main__ import run_command_line\n"
        "for words in (['rules', 'BT101'], ['show', '--help']):\n"
        "    sys.argv = ['backtrace', *words]\n"
        "    run_command_line()"
    )
    bare, without = (
        subprocess.run(
            [sys.executable, *option, "-c", code],
            capture_output=True, env=env, check=True, timeout=60,
        ).stdout
        for option in ((), ("-OO",))
    )  # fmt: skip
    assert without == bare and b"--tui" in bare


def test_ascii_letters_like_ours() -> None:
    with ascii_stdout() as raw:
        sys.stdout.write("8 updates → 3 · ŷ ✓ −11 文 é ─┼█\n")
        assert raw.getvalue() == b"8 updates > 3 . y v -11 \\u6587 e -+#\n"


def test_json_keeps_its_letters() -> None:
    said = {"a → é": "文\U0001f600"}
    with ascii_stdout() as raw:
        sys.stdout.write(json_text(said))
        assert json.loads(raw.getvalue()) == said


def test_a_program_finds_stdout_as_it_was() -> None:
    with ascii_stdout() as raw:
        with narrow_stdout.stdout_as_found():
            assert sys.stdout.errors == "surrogateescape"
            with pytest.raises(UnicodeEncodeError):
                sys.stdout.write("→")
        sys.stdout.write("→")
        assert raw.getvalue() == b">"
