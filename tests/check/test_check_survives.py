"""Targets that do harm cost their own line and nothing else, and leave no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_outcomes import outcomes
from made_targets import LINEAR, NEVER_CLEARED

from backtrace.check.outcome import Outcome, open_outcome, seal_outcome
from backtrace.check.processes import _read_whole
from backtrace.driver.supervised import SupervisedProcess

# Each finds what it harms as a script could: by looking through the frames above it.
FRAMES = """\
import gc, json, os, pathlib, shutil, sys, time
frame, request = sys._getframe(), None
while request is None:
    frame = frame.f_back
    request = frame.f_locals.get("request")
file = pathlib.Path(request.outcome_file)
"""
TRAIN = NEVER_CLEARED.replace("    loss.b", "    optimizer.zero_grad(); loss.b").replace(
    "(8)", "(3)"
)
PASSED = '{"key": "x", "outcome": {"target": "a.py", "path": "a.py", "diagnosis": {"updates": 5}}}'
DAEMON = """\
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.environ.clear()
        for number in range(256):
            try: os.close(number)
            except OSError: pass
        open("{name}.part", "w").write(str(os.getpid()))
        os.replace("{name}.part", "{name}")
        time.sleep(60)
    os._exit(0)
os.wait()
while not os.path.exists("{name}"):
    time.sleep(0.01)
"""
TIDY = f"""\
{DAEMON.format(name="adopted.pid")}
import signal, sys
assert sys.stdin.read() == ""
os.kill(os.getppid(), signal.SIGTERM)
"""
# The script, the start of its line, and what is said of it.
RESULTS = {
    "cut.py": (f"{FRAMES}file.write_text('{{\"not\":'); os._exit(0)", "broken", "not an outcome"),
    "forge.py": (f"{FRAMES}file.write_text({PASSED!r}); os._exit(0)", "broken", "of this run"),
    "delete.py": (f"{TRAIN}\n{FRAMES}shutil.rmtree(file.parent)", "passed", "3 updates"),
    "copy.py": (f"import os\n{TRAIN}\nif os.fork(): os.wait(); os._exit(7)", "broken", "code 7"),
}
PROCESSES = {
    "close.py": (f"{TIDY}\n{TRAIN}\nos.closerange(0, 256)", "passed", "3 updates"),
    "daemon.py": (DAEMON.format(name="daemon.pid"), "broken", "no update was seen"),
    "flood.py": ("import sys\nfor _ in range(3000): print('x' * 10**5)\nsys.exit('wet')",
                 "broken", "wet"),
    "memory.py": ("import resource as r\nr.setrlimit(r.RLIMIT_AS, (2**32, 2**32))\nx = 'a' * 2**33",
                  "broken", "MemoryError"),
    "crash.py": ("import ctypes; ctypes.string_at(0)", "broken", "killed by SIGSEGV"),
    "group.py": ("import os; os.killpg(0, 9)", "broken", "killed by SIGKILL"),
    "parent.py": ("import os, time; os.kill(os.getppid(), 9); time.sleep(60)", "broken", "SIGKILL"),
}  # fmt: skip


def is_alive(pid: int) -> bool:
    """A zombie is none: whoever reaps orphans here may take its time."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.usefixtures("warm_processes")
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives orphans to an ancestor")
@pytest.mark.parametrize("harm", [RESULTS, PROCESSES], ids=["results", "processes"])
def test_harm_costs_its_own_line_and_nothing_else(harm, check):
    for name, (script, *_) in harm.items():
        Path(name).write_text(script + "\n")
    Path("fine.yaml").write_text(LINEAR)
    code, out = check(*harm, "fine.yaml", "-j", "2")
    assert code == 2
    head, _, details = out.partition("\n\n")
    lines = dict(line.split()[1::-1] for line in head.splitlines())
    told = {name: status for name, (_, status, _) in harm.items()}
    assert lines == {**told, "fine.yaml": "passed"}
    for name, (_, status, text) in harm.items():
        line = next(line for line in head.splitlines() if name in line)
        assert text in (line if status == "passed" else details.partition(name)[2][:2500]), name
    for file in Path().glob("*.pid"):
        assert not is_alive(int(file.read_text())), file


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (os.mkfifo, "not a plain file"),
        (lambda file: file.symlink_to("/dev/zero"), "not a plain file"),
        (lambda file: (file.touch(), os.truncate(file, 2**40)), "not a plain file"),
        (lambda file: file.write_bytes(b"\xff" * 9), "decode"),
    ],
    ids=["fifo", "link", "huge", "binary"],
)
def test_only_a_plain_file_of_text_is_read(made, told, tmp_path):
    file = tmp_path / "outcome.json"
    made(file)
    with pytest.raises(ValueError, match=told):
        _read_whole(file)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives orphans to an ancestor")
def test_a_check_that_is_killed_leaves_no_process():
    Path("slow.py").write_text(DAEMON.format(name="slow.pid") + "time.sleep(60)\n")
    process = subprocess.Popen([sys.executable, "-m", "backtrace", "check", "slow.py"])
    deadline = time.monotonic() + 60
    while not Path("slow.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    daemon = int(Path("slow.pid").read_text())
    while is_alive(daemon) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(daemon)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives orphans to an ancestor")
def test_a_target_that_stops_its_supervisor_leaves_no_process(tmp_path):
    daemon = DAEMON.format(name="stop.pid").replace("\n", "\n    ")
    stop = "os.kill(os.getppid(), 19); open('stopped', 'w').close(); time.sleep(60)"
    Path("stopper.py").write_text(f"def main(text):\n    {daemon}\n    {stop}\n")
    process = SupervisedProcess("stopper", "", {"PYTHONPATH": str(tmp_path)})
    try:
        deadline = time.monotonic() + 60
        while not Path("stopped").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        process.end()
        process.close()
    assert not is_alive(int(Path("stop.pid").read_text()))


@pytest.mark.parametrize("outcome", outcomes(), ids=lambda outcome: outcome.target)
def test_an_outcome_travels_as_it_is(outcome: Outcome) -> None:
    assert open_outcome(seal_outcome(outcome, "key"), "key") == outcome
    with pytest.raises(ValueError, match="not an outcome of this run"):
        open_outcome(seal_outcome(outcome, "other"), "key")


GOOD = seal_outcome(outcomes()[1], "key")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@given(st.integers(0, len(GOOD) - 1), st.text(max_size=3))
def test_an_outcome_that_was_cut_or_changed_is_refused_or_sound(at: int, text: str) -> None:
    for made_up in (GOOD[:at], GOOD[:at] + text + GOOD[at:], GOOD[:at] + text + GOOD[at + 1 :]):
        try:
            found = open_outcome(made_up, "key")
        except ValueError:
            continue
        assert isinstance(found.target, str) and found.status in ("passed", "failed", "broken")


@given(st.sampled_from(["key", "outcome", "target", "diagnosis", "findings", "seconds"]), JSON)
def test_whatever_stands_in_a_field_is_no_traceback(name: str, value: object) -> None:
    import json

    document = json.loads(GOOD)
    into = document if name in document else document["outcome"]
    (into["diagnosis"] if name == "findings" else into)[name] = value
    try:
        open_outcome(json.dumps(document), "key")
    except ValueError:
        return


@pytest.mark.parametrize("text", ["", "[" * 100_000, "null", "[]", "{}", '{"key": "key"}'])
def test_what_is_no_outcome_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an outcome"):
        open_outcome(text, "key")
