"""Ctrl-C leaves a readable summary, whole documents, and exit code 130."""

from __future__ import annotations

import io
import json
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from backtrace.start_up import StartUp

LONG = "run digits --epochs 3000"


class Interrupting(io.StringIO):
    """A stdout during whose n-th write somebody presses Ctrl-C, `times` times."""

    def __init__(self, at: int, times: int = 1) -> None:
        super().__init__()
        self.left, self.times = at, times

    def write(self, text: str) -> int:
        self.left -= 1
        if self.left == 0:
            half = len(text) // 2
            super().write(text[:half])
            for _ in range(self.times):
                signal.raise_signal(signal.SIGINT)
            text = text[half:]
        return super().write(text)


def strict(text: str) -> dict:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.fixture
def interrupt(cli, monkeypatch):
    """Run a command and press Ctrl-C during its n-th write; return the exit code and stdout."""

    def run(command, at, times=1):
        stdout = Interrupting(at, times)
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", stdout)
            code = cli(command).code
        return code, stdout.getvalue()

    return run


@pytest.mark.parametrize("at", [1, 2, 3, 4, 7])
def test_json_is_one_document_whenever_it_is_interrupted(interrupt, at):
    code, out = interrupt(f"{LONG} --format json", at)
    assert code == 130
    document = strict(out)
    assert document["interrupted"] is True
    indices = [update["index"] for update in document["updates"]]
    assert indices == list(range(1, len(indices) + 1)), "no update is lost or told twice"


@pytest.mark.parametrize("at", [1, 2, 5, 8])
def test_jsonl_has_whole_lines(interrupt, at):
    code, out = interrupt(f"{LONG} --format jsonl", at)
    assert code == 130
    events = [strict(line) for line in out.splitlines()]
    assert (events[0]["event"], events[-1]["event"]) == ("Header", "Finished")
    assert events[-1]["interrupted"] is True


@pytest.mark.parametrize("form", ["table", "md"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_text_ends_with_the_summary(interrupt, form, at):
    code, out = interrupt(f"{LONG} --format {form}", at)
    assert code == 130
    assert "interrupted: " in out and "update" in out.rsplit("interrupted: ", maxsplit=1)[1]
    assert "Traceback" not in out


def test_at_the_last_write_the_document_is_whole(interrupt):
    code, out = interrupt("run linear --format json", 6)
    assert code == 130 and len(strict(out)["updates"]) == 4


def test_a_second_ctrl_c_does_not_wait(interrupt):
    code, _ = interrupt(f"{LONG} --format json", 3, times=2)
    assert code == 130


def test_the_handler_of_before_is_back(interrupt):
    before = signal.getsignal(signal.SIGINT)
    interrupt(LONG, 2)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs Linux' /proc")
@pytest.mark.parametrize(
    ("seconds", "is_warm"),
    [(0, False), (0.3, False), (1, True)],
    ids=["in imports", "later in imports", "training"],
)
def test_compare_can_be_interrupted(alone, seconds, is_warm, request):
    if is_warm:
        request.getfixturevalue("warm_processes")
    process = alone("compare", "digits", "--no-zero-grad", "--epochs", "3000")
    maps = Path(f"/proc/{process.pid}/maps")
    while "libtorch" not in maps.read_text():  # torch is being imported
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in out + err


def test_what_imports_catch_is_raised_again():
    begin = StartUp()
    before = signal.getsignal(signal.SIGINT)
    begin.begin()
    with suppress(BaseException):  # as torch's start-up does
        signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        begin.end()
    begin.end()
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.usefixtures("warm_processes")
@pytest.mark.parametrize("form", ["table", "json"])
def test_a_real_signal_in_the_middle_of_training(alone, tmp_path, form):
    path = tmp_path / "out"
    with path.open("w") as stdout:
        process = alone(*LONG.split(), "--format", form, stdout=stdout)
        deadline = time.monotonic() + 60
        while path.stat().st_size < 3000 and time.monotonic() < deadline:
            time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    out = path.read_text()
    assert process.returncode == 130
    assert "Traceback" not in err
    if form == "json":
        document = strict(out)
        assert document["interrupted"] is True and document["updates"]
        assert all(
            books["is_balanced"]
            for update in document["updates"]
            for books in update["books"].values()
        )
    else:
        summary, verdict = out.rstrip().rsplit("\n\n", maxsplit=2)[1:]
        assert "interrupted: " in summary and verdict.startswith("No findings")


def test_a_ctrl_c_waits_for_the_end_of_torchs_import():
    start, passed = StartUp(), []
    names = {"__name__": "torch.fake", "signal": signal, "passed": passed}
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        start.begin()
        with pytest.raises(KeyboardInterrupt):
            exec("signal.raise_signal(signal.SIGINT)\npassed.append(True)", names)
            for _ in range(500):
                time.sleep(0.01)  # what was put off comes between two of them
        assert passed == [True]
        with pytest.raises(KeyboardInterrupt):
            start.end()
    finally:
        signal.signal(signal.SIGINT, before)
