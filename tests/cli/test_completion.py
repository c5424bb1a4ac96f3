"""What bash is offered after what was typed; it asks as the function does that it is given."""

from __future__ import annotations

import pytest
from typer.main import get_command

from backtrace.cli import app
from backtrace.config.bundled import in_teaching_order
from backtrace.ledger.events import ParameterSeen
from backtrace.ledger.trace import Header
from backtrace.tracefile import write_trace


@pytest.fixture
def offered(tmp_path, monkeypatch, capsys):
    """Return a function that gives what there is for the last of some words."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("_BACKTRACE_COMPLETE", "complete_bash")
    (tmp_path / "lines.py").write_text("")
    (tmp_path / "logs").mkdir()
    (tmp_path / ".hidden").write_text("")
    known = {"shape": (1,), "dtype": "float32", "device": "cpu", "requires_grad": True}
    seen = [
        ParameterSeen(index=at, elapsed=0.0, name=name, **known)
        for at, name in enumerate(("fc.weight", "fc.bias"))
    ]
    write_trace(tmp_path / "run.trace", Header(), seen)

    def offer(*words):
        monkeypatch.setenv("COMP_WORDS", "\n".join(["backtrace", *words]))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        with pytest.raises(SystemExit):
            get_command(app)([], prog_name="backtrace")
        return capsys.readouterr().out.split()

    return offer


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("ru",), ["run", "rules"]),
        (("help", "expl"), ["explain"]),
        (("run", "li"), ["linear", "lines.py"]),
        (("prove", "lo"), ["loss_mix", "loss_shares", "loss_sums", "logs/"]),
        (("explain", "train"), []),  # the shell offers its files
        (("configs", "--copy", "lin"), ["linear"]),
        (("rules", "never-c"), ["never-cleared"]),
        (("rules", "BT101"), ["BT101"]),
        (("run", "--ignore", "BT101,BT102"), ["BT101,BT102"]),
        (("run", "--log", "t"), ["tensorboard", "trackio"]),
        (("show", "run.trace", "--sort", "+r"), ["+ratio"]),
        (("show", "run.trace", "--param", "fc.b"), ["fc.bias"]),
        (("show", "none.trace", "--param", ""), []),
        (("why", "run.trace", ""), ["fc.weight", "fc.bias"]),
        (("run", "--lang", ""), ["en", "zh"]),
    ],
)
def test_names_are_offered(offered, words, found):
    assert offered(*words) == found


def test_all_configs_and_files_are_offered_before_anything_is_typed(offered):
    names = offered("run", "")
    assert set(names) == {*in_teaching_order(), "lines.py", "logs/", "run.trace"}
