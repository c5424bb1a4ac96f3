"""A hook of the script's for exceptions that is itself wrong is told of as Python tells it."""

from __future__ import annotations

import sys

from backtrace.driver.tracebacks import show_exception


def shown(capsys, hook, monkeypatch):
    if hook is None:
        monkeypatch.delattr(sys, "excepthook")
    else:
        monkeypatch.setattr(sys, "excepthook", hook)
    try:
        raise KeyError("k")
    except KeyError as error:
        show_exception(error)
    return capsys.readouterr().err.splitlines()


def test_a_hook_that_raises(capsys, monkeypatch):
    def hook(*told):
        raise ValueError("in the hook")

    lines = shown(capsys, hook, monkeypatch)
    assert lines[0] == "Error in sys.excepthook:"
    end = lines.index("ValueError: in the hook")
    assert lines[end + 1 : end + 3] == ["", "Original exception was:"]
    assert lines[-1] == "KeyError: 'k'"


def test_a_hook_that_is_gone(capsys, monkeypatch):
    lines = shown(capsys, None, monkeypatch)
    assert lines[0] == "sys.excepthook is missing"
    assert lines[-1] == "KeyError: 'k'"
