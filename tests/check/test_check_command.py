"""`backtrace check` as CI calls it: real processes, which are few, for each imports torch."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from made_targets import LINEAR, NEVER_CLEARED

SLOW = """\
import os, subprocess, sys, time
child = subprocess.Popen(["sleep", "60"])
with open("pids.part", "w") as file:
    file.write(f"{os.getpid()} {child.pid}")
os.replace("pids.part", "pids")
time.sleep(60)
"""


def is_alive(pid):
    """A zombie is none: whoever reaps orphans here may take its time."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def await_death(pids):
    deadline = time.monotonic() + 10
    while any(map(is_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(is_alive, pids))


@pytest.mark.usefixtures("warm_processes")
def test_each_target_has_a_line_a_verdict_and_an_exit_code(check):
    Path("fine.yaml").write_text(LINEAR + "expect: {loss: {falls_by: 0.1}}\n")
    Path("missed.yaml").write_text(LINEAR + "expect: {loss: {below: 0}}\n")
    Path("bad.yaml").write_text(LINEAR + "expect: {los: {below: 0}}\n")
    Path("train.py").write_text(NEVER_CLEARED)
    Path("crash.py").write_text("print('before')\nraise ValueError('of mine')\n")
    Path("idle.py").write_text("import sys\nprint(sys.argv[1:])\n")
    files = ("--junit", "junit.xml", "--sarif", "check.sarif")
    words = ("fine.yaml", "missed.yaml", "bad.yaml", "train.py", "crash.py", "idle.py --to x")
    code, out = check(*words, *files, "-j", "2", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY="s.md")
    assert code == 2
    head, _, details = out.partition("\n\n")
    stopped, *rows = head.splitlines()  # GitHub is to take no line of a target for a command
    assert stopped.startswith("::stop-commands::")
    lines = dict(sorted((line[8:24].strip(), line) for line in rows))
    assert {name: line[:6] for name, line in lines.items()} == {
        "fine.yaml": "passed", "missed.yaml": "failed", "bad.yaml": "broken",
        "train.py": "failed", "crash.py": "broken", "idle.py --to x": "broken",
    }  # fmt: skip
    assert len({line.index(" s  ") for line in lines.values()}) == 1, "they are aligned"
    assert "8 updates · BT101" in lines["train.py"]
    assert "expect.loss.below" in lines["missed.yaml"]
    assert "bad.yaml:6:10: expect.los" in details and "did you mean `loss`" in details
    assert "of mine" in details and "before" in details and "check/child.py" not in details
    assert "no update was seen" in details
    assert "train.py:10" in details and "zero_grad" in details
    assert "6 targets: 1 passed, 2 failed, 3 could not run" in out
    assert "::error file=train.py,line=10,title=BT101 never-cleared::" in out
    assert Path("s.md").read_text().startswith("## backtrace check")
    suite = ElementTree.parse("junit.xml").getroot()[0]
    assert [case.get("name") for case in suite] == list(words), "in the order given"
    (run,) = json.loads(Path("check.sarif").read_text())["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["expect", "BT101"]


@pytest.mark.usefixtures("warm_processes")
def test_a_baseline_accepts_what_is_known(check):
    Path("train.py").write_text(NEVER_CLEARED)
    code, out = check("train.py", "--baseline", "known.json", "--write-baseline")
    assert code == 0 and "known.json: 1 finding written." in out
    Path("train.py").write_text("# one line more\n" + NEVER_CLEARED)
    code, out = check("train.py", "--baseline", "known.json")
    assert code == 0 and "1 finding accepted, 0 gone" in out
    Path("train.py").write_text(
        NEVER_CLEARED.replace("    loss.b", "    optimizer.zero_grad(); loss.b")
    )
    code, out = check("train.py", "--baseline", "known.json")
    assert code == 0 and "0 findings accepted, 1 gone" in out
    assert "gone: BT101 in train.py" in out


@pytest.mark.usefixtures("warm_processes")
def test_rules_can_be_turned_off_and_updates_limited(check):
    Path("train.py").write_text(NEVER_CLEARED)
    code, out = check("train.py", "--ignore", "BT101", "--limit", "3")
    assert code == 0 and "3 updates" in out


@pytest.mark.usefixtures("warm_processes")
def test_a_target_that_takes_too_long_is_stopped_with_all_it_started(check):
    Path("slow.py").write_text(SLOW)
    code, out = check("slow.py", "--timeout", "3")
    assert code == 2
    assert "it was stopped after 3 s" in out
    assert await_death([int(pid) for pid in Path("pids").read_text().split()])


@pytest.mark.usefixtures("warm_processes")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_no_process_and_loses_nothing(sent):
    Path("slow.py").write_text(SLOW)
    Path("train.py").write_text(NEVER_CLEARED)
    process = subprocess.Popen(
        [sys.executable, "-m", "backtrace", "check", "--jobs", "1", "train.py", "slow.py"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 30
    while not Path("pids").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, sent)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in out + err
    assert "error BT101" in out  # what was found before is not lost
    assert out.rstrip().endswith("Interrupted: 1 of 2 checked.")
    assert await_death([int(pid) for pid in Path("pids").read_text().split()])


@pytest.mark.usefixtures("warm_processes")
def test_a_process_that_is_killed_is_said_to_be(check):
    Path("gone.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    code, out = check("gone.py")
    assert code == 2 and "killed by SIGKILL" in out


@pytest.mark.usefixtures("warm_processes")
def test_only_the_end_of_what_a_script_wrote_is_shown(check):
    text = "import sys\nsys.stdout.buffer.write(b'\\xff' * 100000 + b'\\n')\n"
    Path("wild.py").write_text(text + "for n in range(99): print('line', n)\nsys.exit('sad')\n")
    code, out = check("wild.py")
    assert code == 2 and "sad" in out and "line 98" in out
    assert "line 60" not in out and max(map(len, out.splitlines())) < 500


@pytest.mark.usefixtures("warm_processes")
def test_a_thread_that_never_ends_does_not_hold_the_check_up(check, monkeypatch):
    from backtrace.check import processes

    monkeypatch.setattr(processes, "_GRACE", 0.3)
    hanging = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n"
    Path("train.py").write_text(hanging + NEVER_CLEARED)
    start = time.monotonic()
    code, out = check("train.py")
    assert code == 1 and "BT101" in out
    assert time.monotonic() - start < 50


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("linear", "--write-baseline"), "--write-baseline needs a file"),
        (("linear", "--baseline", "absent.json"), "there is no such file"),
        (("linear", "--junit", "no/where.xml"), "there is no folder no"),
        (("linear", "--sarif", "."), "a folder is there"),
        (("linear", "--ignore", "BT999"), "there is no rule"),
        (("nothing.yaml",), "no such file"),
    ],
)
def test_mistakes_are_told_before_anything_runs(check, words, told):
    code, out = check(*words)
    assert code == 2 and told in out and "passed" not in out


def test_the_parent_imports_no_torch_and_the_working_directory_hides_no_module():
    Path("json.py").write_text("raise RuntimeError('not this one')\n")
    Path("fine.yaml").write_text(LINEAR)
    probe = (
        "import sys; sys.path.remove('')  # as where the command is started by its name\n"
        "from backtrace.check.run import CheckOptions, check_targets\n"
        "assert check_targets(['fine.yaml'], CheckOptions()) == 0\n"
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


# Not by `sys.modules`: a script that says that begins by itself.
SHARED = """\
import os, pathlib, random, sys
import numpy
said = "torch" in vars(sys)["modules"], random.random(), numpy.random.rand()
pathlib.Path(sys.argv[0] + ".said").write_text(" ".join(map(str, said)))
{more}
""" + NEVER_CLEARED  # fmt: skip


@pytest.mark.whole
def test_scripts_share_one_import_of_torch_and_no_random_numbers(check, tmp_path):
    names = ("a", "b", "cold")
    for name in names:
        more = 'os.environ["X"] = ""' if name == "cold" else ""
        (tmp_path / f"{name}.py").write_text(SHARED.format(more=more))
    code, out = check(*(f"{name}.py" for name in names))
    assert code == 1 and out.count("BT101") >= 3
    said = [(tmp_path / f"{name}.py.said").read_text().split() for name in names]
    assert [words[0] for words in said] == ["True", "True", "False"]
    assert len({words[1] for words in said}) == len({words[2] for words in said}) == 3


@pytest.mark.usefixtures("warm_processes")
def test_whoever_ends_the_process_that_starts_others_ends_little(check, tmp_path):
    ends = (
        "import os, signal\nos.kill(int(open(f'/proc/{os.getppid()}/stat').read().split()[3]), 9)\n"
    )
    (tmp_path / "a.py").write_text(ends + NEVER_CLEARED)
    (tmp_path / "b.py").write_text(NEVER_CLEARED)
    code, out = check("a.py", "b.py", "-j", "1")
    assert code == 2 and "SIGKILL" in out
    assert "BT101" in out  # of the one that began by itself
