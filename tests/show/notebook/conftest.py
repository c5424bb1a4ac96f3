"""An IPython in this process, as a notebook's kernel has one."""

from __future__ import annotations

import builtins
import sys

import pytest


class Notebook:
    """Runs cells, and gives what each shows: its text and its HTML."""

    def __init__(self, shell) -> None:
        self.shell = shell
        self.names = shell.user_ns

    def cell(self, source: str, *, fails: bool = False):
        result = self.shell.run_cell(source, store_history=True)
        assert result.success is not fails, result.error_in_exec or result.error_before_exec
        return result.result

    def shown(self, value) -> dict[str, str]:
        """Return what a front end is given of a value, by its kind."""
        return self.shell.display_formatter.format(value)[0]


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    shells = pytest.importorskip("IPython.core.interactiveshell", reason="there is no IPython")
    from traitlets.config import Config

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    hooks = sys.displayhook, sys.excepthook, list(sys.path), dict(vars(builtins))
    options = Config({"HistoryManager": {"hist_file": ":memory:"}})
    shell = shells.InteractiveShell.instance(config=options)
    shell.run_line_magic("colors", "nocolor")
    try:
        yield Notebook(shell)
    finally:
        shell.history_manager.end_session()
        shells.InteractiveShell.clear_instance()
        sys.displayhook, sys.excepthook, sys.path[:] = hooks[:3]
        for name in set(vars(builtins)) - set(hooks[3]):
            delattr(builtins, name)
