"""`backtrace report` on files: where the page goes, what it never overwrites, and no torch."""

from __future__ import annotations

import subprocess
import sys

import pytest
from made_trace import made_events

from backtrace.errors import TraceFileError, UsageError
from backtrace.ledger.trace import Header
from backtrace.show.html.contents import ReportSource, build_contents
from backtrace.show.html.report import report_file
from backtrace.tracefile import open_trace, write_trace


@pytest.fixture
def trace(tmp_path):
    path = tmp_path / "made.trace"
    write_trace(path, Header(target="made.py"), made_events(["a", "b"], 3))
    return path


def test_it_runs_without_torch_and_says_where_the_page_is(trace):
    code = (
        "import sys; from backtrace.__main__ import run_command_line;"
        "sys.argv = ['backtrace', 'report', 'made.trace'];"
        "code = run_command_line(); assert 'torch' not in sys.modules; sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=trace.parent, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "made.html\n", "")
    page = (trace.parent / "made.html").read_text()
    assert page.startswith("<!doctype html>") and page.count("http") == 2  # the policy, and SVG's
    assert sorted(path.name for path in trace.parent.iterdir()) == ["made.html", "made.trace"]


def test_a_report_is_replaced_and_nothing_else(trace, tmp_path):
    target = tmp_path / "out.html"
    target.write_text("my notes")
    with pytest.raises(UsageError, match=r"out\.html: is there already and is no report"):
        report_file(trace, target)
    assert target.read_text() == "my notes"
    report_file(trace, target, force=True)
    first = target.read_text()
    assert "made.py" in first
    report_file(trace, target)
    assert target.read_text() == first


@pytest.mark.parametrize(
    ("target", "told"),
    [("", "is a folder"), ("no/report.html", "there is no folder"), ("made.trace", "the trace it")],
)
def test_a_place_that_cannot_be_is_refused(trace, tmp_path, target, told):
    before = trace.read_bytes()
    with pytest.raises(UsageError, match=told):
        report_file(trace, tmp_path / target, force=True)
    assert trace.read_bytes() == before


def test_a_file_that_is_no_trace_makes_no_page(tmp_path):
    (tmp_path / "odd.trace").write_text("no trace at all")
    with pytest.raises(TraceFileError, match="is not a trace file"):
        report_file(tmp_path / "odd.trace", None)
    assert not (tmp_path / "odd.html").exists()


def test_an_interrupted_run_says_so(tmp_path):
    path = tmp_path / "killed.trace"
    write_trace(path, Header(target="made.py"), made_events(["a"], 3), seconds=None)
    page = report_file(path, None).read_text()
    assert "interrupted, or still running" in page


def test_the_tensors_that_were_chosen_are_drawn_and_all_are_judged(trace):
    page = report_file(trace, None, params=("b*",)).read_text()
    assert "2 tensors, of which 1 that --param chose are drawn" in page
    with open_trace(trace) as opened:
        some = build_contents(opened, ReportSource(), params=("b*",))
        whole = build_contents(opened, ReportSource())
    assert [each["name"] for each in some["optimizers"][0]["parameters"]] == ["b"]
    assert {row["name"] for ledger in some["ledgers"] for row in ledger["rows"]} == {"b"}
    assert some["verdict"] == whole["verdict"]
    with pytest.raises(UsageError, match="--param c: no parameter has that name"):
        report_file(trace, None, params=("c",))
