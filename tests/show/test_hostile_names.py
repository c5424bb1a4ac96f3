"""Names that would steer a terminal, a page or a CI server reach none of them, in any form."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sqlite3
import unicodedata
from contextlib import closing
from functools import partial
from io import StringIO
from xml.etree import ElementTree

import pytest
from command_runs import run_here
from markdown_it import MarkdownIt
from rich.console import Console

import backtrace
from backtrace.check.github import make_annotations, no_commands, summary
from backtrace.check.junit import outcomes_to_junit
from backtrace.check.outcome import Missed, Outcome
from backtrace.check.sarif import outcomes_to_sarif
from backtrace.check.terminal import details_text
from backtrace.compare import run_progress
from backtrace.diagnose.diagnose import Diagnosis
from backtrace.diagnose.rule import Finding
from backtrace.printable import json_text, literal, literal_lines
from backtrace.show.content.next_command import SeenUpdates, Shown, next_command
from backtrace.tracefile import open_trace

EVIL = (
    "a\x01\x07\x1b[31m\x9b2J\u202e\u2066\ud800\ufffe\U000e0001\r\n::error::x%0A]]><script>&|`"
    "\u2028\x85##[error]##vso[task]"
)
ENCODABLE = EVIL.replace("\ud800", "")  # a type's name, which C must be able to hold
SCRIPT = f"""\
import warnings

import torch
from torch import nn

import backtrace

warnings.simplefilter("ignore")
EVIL, ENCODABLE = {EVIL!r}, {ENCODABLE!r}


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_parameter(EVIL, nn.Parameter(torch.ones(4, 1)))
        self.inner = nn.ModuleDict({{EVIL: nn.Linear(4, 1)}})
        self.unused = nn.ParameterDict({{EVIL: nn.Parameter(torch.ones(2))}})

    def forward(self, x):
        return x @ getattr(self, EVIL) + self.inner[EVIL](x)


Net.__name__ = Net.__qualname__ = "Net" + ENCODABLE
torch.manual_seed(0)
net = Net()
sgd = type("SGD" + ENCODABLE, (torch.optim.SGD,), {{}})(net.parameters(), lr=0.1)
scheduler = type("Step" + ENCODABLE, (torch.optim.lr_scheduler.StepLR,), {{}})(sgd, 1)
backtrace.watch(**{{EVIL: net}})
for _ in range(2):
    loss = nn.functional.mse_loss(net(torch.randn(8, 4)), torch.zeros(8))
    backtrace.note_loss(loss, **{{EVIL: loss}})
    loss.backward()
    sgd.step()
    scheduler.step()
"""
VARIANT = "".join(f"\\U{ord(c):08x}" for c in ENCODABLE.replace(".", "_"))
CONFIG = f"""\
model: ['Linear(2, 1)']
loss: {{"{VARIANT}": MSELoss}}
optimizer: SGD(lr=0.1)
data: {{source: random, input: [4, 2], target: [4, 1]}}
loop: {{updates: 2}}
compare: {{"{VARIANT}": {{loop.accumulate: 2}}}}
"""
NAME = "b\x1b[31m\u202e\n::error::x%0A.py"
OURS = re.compile(r"\x1b\[[0-9;]*m")


def assert_harmless(text: str) -> None:
    """Nothing but characters that are printed, and ends of lines."""
    odd = {c for c in text if c != "\n" and unicodedata.category(c)[0] in "CZ"} - {" ", "\xa0"}
    assert not odd, ascii(text)


def assert_no_command(text: str) -> None:
    """Nor is there what a runner of GitHub's or Azure's would obey."""
    assert_harmless(text)
    assert not re.search(r"(?m)^[\s>]*::(error|warning)::|##\w*\[", text), text


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("hostile")
    (found / NAME).write_text(SCRIPT)
    (found / "variant.yaml").write_text(CONFIG)
    done = run_here("run", "-o", "run.trace", "--receipt", "--by-term", "--notes", NAME, cwd=found)
    assert done.returncode == 0 and done.stdout == ""
    assert "BT101" in done.stderr and "3 parameters" not in done.stderr
    assert_harmless(done.stderr)
    return found


@pytest.mark.parametrize("words", [
    ["show", "run.trace", "--all", "--notes", "--census", "--updates", "all"],
    ["show", "run.trace", "--format", "json"],
    ["show", "run.trace", "--format", "jsonl"],
    ["show", "run.trace", "--format", "md"],
    ["show", "run.trace", "--param", EVIL],
    ["diff", "run.trace", "run.trace"],
    ["export", "run.trace"],
    ["export", "run.trace", "--format", "jsonl"],
    ["export", "run.trace", "-o", "run.json"],
    ["export", "run.trace", "-o", "run.csv"],
    ["report", "run.trace", "-o", "run.html"],
    ["run", "--format", "json", NAME],
    ["run", "--format", "md", NAME],
    ["compare", "--set", f"optimizer.{EVIL}=1", "linear"],
    ["compare", "variant.yaml"],
    ["compare", "variant.yaml", "--format", "json"],
    ["run", "linear", "--param", EVIL],
    ["run", f"{ENCODABLE}.yaml"],
    ["run", f"{ENCODABLE}.py"],
    ["show", f"{ENCODABLE}.trace"],
    ["graph", NAME],
    ["rules", EVIL],
    ["help", EVIL],
    [ENCODABLE],
    ["run", f"--{ENCODABLE}"],
    ["run", "linear", "--format", ENCODABLE],
    ["init", NAME],
    ["learn", "--new", NAME],
    ["export", "run.trace", "-o", f"{NAME}.csv"],
    ["report", "run.trace", "-o", f"{NAME}.html"],
    ["run", "linear", "-o", f"{NAME}.trace"],
], ids=lambda words: ascii(" ".join(words))[:32])  # fmt: skip
def test_what_commands_write_is_harmless(folder, words):
    done = run_here(*words, cwd=folder)
    assert "Traceback" not in done.stderr
    assert_harmless(done.stdout)
    assert_harmless(done.stderr)
    assert_no_command(done.stdout)
    assert_no_command(done.stderr)
    if "-o" in words and not words[-1].endswith(".trace"):
        assert_harmless((folder / words[-1]).read_text())


def test_what_a_trace_says_of_its_data_and_its_optimizers_is_harmless(folder, tmp_path):
    good, bad = folder / "run.trace", tmp_path / "bad.trace"
    shutil.copy(good, bad)
    with closing(sqlite3.connect(bad)) as file:
        told = "UPDATE header SET value = ? WHERE key = 'synthetic'"
        file.execute(told, (json.dumps(EVIL),))
        rows = file.execute("SELECT id, data FROM events WHERE kind = 'StepTaken'").fetchall()
        for id, data in rows:
            changed = json.dumps({**json.loads(data), "optimizer": EVIL})
            file.execute("UPDATE events SET data = ? WHERE id = ?", (changed, id))
        file.commit()
    for words in (("show", str(bad)), ("diff", str(good), str(bad))):
        done = run_here(*words, cwd=tmp_path)
        assert "x01" in done.stdout
        assert_harmless(done.stdout)
        assert_no_command(done.stdout)


def test_a_terminal_gets_our_colours_and_nothing_else(folder):
    done = run_here("show", "run.trace", "--all", cwd=folder, FORCE_COLOR="1")
    assert OURS.search(done.stdout)
    assert_harmless(OURS.sub("", done.stdout))


def test_markdown_holds_no_page(folder):
    done = run_here("show", "run.trace", "--format", "md", "--all", "--notes", cwd=folder)
    page = MarkdownIt("commonmark").enable("table").render(done.stdout)
    assert "&lt;script&gt;" in page and "<script>" not in page


def test_what_python_and_a_notebook_show_of_a_trace_is_harmless(folder):
    pretty = pytest.importorskip("IPython.lib.pretty")
    trace = backtrace.load(folder / "run.trace")
    update = trace.updates[0]
    found = trace.diagnose()
    shown = [trace, update, found, *update.rows.values(), *update.calls, *found.findings]
    for each in shown:
        for text in (str(each), repr(each), pretty.pretty(each)):
            assert_harmless(text)


def test_the_debugger_draws_nothing_else(folder):
    from backtrace.show.tui.screen import WalkApp
    from backtrace.show.tui.walker import Walker

    async def check():
        with open_trace(folder / "run.trace") as trace:
            async with WalkApp(Walker(trace)).run_test(size=(150, 40)) as pilot:
                await pilot.press(*["right"] * 4, *["down"] * 2)
                await pilot.pause()
                for strip in pilot.app.screen._compositor.render_strips():
                    assert_harmless(strip.text)

    asyncio.run(check())


def test_how_far_runs_are_is_told_without_what_steers(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    out = StringIO()
    terminal = partial(Console, file=out, force_terminal=True, color_system=None, width=2000)
    monkeypatch.setattr(run_progress, "Console", lambda **_: terminal())
    with run_progress.show_progress() as tell:
        tell(EVIL, 0)
        tell(ENCODABLE, 2)
    assert "2 updates" in out.getvalue()
    assert_harmless(re.sub(r"\x1b\[(\d*[ABK]|\?25[lh])|\r", "", out.getvalue()))


FINDING = Finding(
    "BT101", "never-cleared", "error", EVIL, EVIL, 2, f"{EVIL}.py:7", (EVIL,), EVIL, {EVIL: 0.5}
)
OUTCOMES = [
    Outcome(EVIL, EVIL, 1.0, Diagnosis(findings=(FINDING,), updates=5), remark=EVIL),
    Outcome(EVIL, EVIL, 1.0, Diagnosis(updates=5), missed=(Missed(EVIL, EVIL, f"{EVIL}:9:3"),)),
    Outcome(EVIL, EVIL, 1.0, error=EVIL, output=EVIL),
]


def test_reports_of_a_check_are_harmless():
    junit = outcomes_to_junit(OUTCOMES, 1.0)
    assert_harmless(junit)
    assert len(ElementTree.fromstring(junit.encode()).findall(".//testcase")) == 3
    for text in (outcomes_to_sarif(OUTCOMES), summary(OUTCOMES, 1.0)):
        assert_harmless(text)
    for outcome in (OUTCOMES[1], OUTCOMES[2]):  # the first has a table, whose cells are wrapped
        assert_no_command(details_text(outcome))


def test_an_annotation_is_one_command_and_says_what_it_says():
    annotations = list(make_annotations(OUTCOMES, "/"))
    assert len(annotations) == 3
    for each in annotations:
        assert "\n" not in each and each.startswith("::error file=")
        assert each.count("::") == 2 or "\\x3a" in each
        assert_harmless(each.removeprefix("::error"))
    assert "%250A" in annotations[0]


def test_github_obeys_nothing_between_two_lines_that_cannot_be_guessed():
    lines: list[str] = []
    with no_commands({"GITHUB_ACTIONS": "true"}, lines.append):
        lines.append("::error::forged")
    key = lines[0].removeprefix("::stop-commands::")
    assert len(key) == 64 and lines == [lines[0], "::error::forged", f"::{key}::"]
    with no_commands({}, lines.append):
        assert len(lines) == 3


def test_the_next_command_can_be_typed():
    words = ("it's \x1b[31m\n\u202e\\.py",)
    found = next_command(Shown("script", words), None, SeenUpdates())
    assert "backtrace run -o run.trace $'it\\'s \\x1b[31m\\n\\u202e\\\\.py'" in found


def test_text_is_the_same_when_read_again():
    import json

    assert json.loads(json_text({EVIL: [EVIL, 1.5, None]})) == {EVIL: [EVIL, 1.5, None]}
    assert_harmless(json_text(EVIL))
    assert literal("naïve 层 é") == "naïve 层 é"
    assert json.loads(json_text("##vso[task]")) == "##vso[task]"
    assert literal_lines("a\n  ::b ::c\n##[d]") == "a\n  \\x3a:b ::c\n\\x23#[d]"


@pytest.mark.parametrize(("name", "shown"), [
    ("::b", r"\x3a:b"),
    ("a ::error file=b::c", r"a \x3a:error file=b::c"),  # a table's lines end at spaces
    ("a::Error file=b::c", r"a\x3a:Error file=b::c"),  # or where the column is full
    ("at::native::add, test.py::test_error", "at::native::add, test.py::test_error"),
    ("a ##vso[task.complete]", r"a \x23#vso[task.complete]"),
    ("### Title [1]", "### Title [1]"),
])  # fmt: skip
def test_a_name_is_no_command_wherever_it_stands(name, shown):
    assert literal(name) == shown == literal(shown)
