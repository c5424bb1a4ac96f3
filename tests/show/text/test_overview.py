"""A short run's overview stands above its tables, and the run is gone through once for both."""

from __future__ import annotations

import re

from command_runs import run_here

from backtrace.tracefile.decode import Decoder


def test_a_short_run_is_read_once_and_opens_with_what_it_came_to(tmp_path, monkeypatch):
    assert run_here("run", "linear", "-o", "a.trace", cwd=tmp_path).returncode == 0
    read, events = [], Decoder.events

    def counted(self, *span):
        for number, event in events(self, *span):
            read.append(number)
            yield number, event

    monkeypatch.setattr(Decoder, "events", counted)
    shown = run_here("show", "a.trace", cwd=tmp_path).stdout
    assert shown.startswith("overview\n") and "All 2 parameters learned." in shown
    assert shown.index("update 1") > shown.index("No findings")
    assert read and len(read) == len(set(read))
    plain = run_here("show", "a.trace", "--no-overview", cwd=tmp_path).stdout
    assert shown.endswith(plain)


def test_trends_in_chinese_say_nothing_in_english(tmp_path):
    done = run_here("run", "digits", "--limit", "60", "-o", "run.trace", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = run_here("show", "run.trace", "--overview", "--lang", "zh", cwd=tmp_path).stdout
    assert "60 次更新的概览" in told
    assert not re.search(
        r"\b(?!grad|weight|bias)[a-z]{4,}\b", re.sub(r"\S+\.(weight|bias)", "", told)
    )
