"""Processes that are forked rather than started, where nothing speaks against it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from warm_processes import WarmPopen

PROBE = "import sys; print('torch' in sys.modules)"


@pytest.mark.parametrize(
    ("name", "is_warm"),
    [("TORCHINDUCTOR_CACHE_DIR", True), ("TORCH_LOGS", False), ("PYTHONHASHSEED", False)],
)
def test_only_what_is_read_at_the_start_needs_one(name, is_warm):
    """Of the first, torch's compiler sets one in each process that has imported it."""
    env = {**os.environ, name: "0"}
    with WarmPopen([sys.executable, "-c", PROBE], stdout=-1, text=True, env=env) as process:
        assert process.communicate()[0] == f"{is_warm}\n"


ENDS = {
    "print('a')": (0, "a\n"),
    "raise SystemExit(3)": (3, ""),
    "raise SystemExit(-1)": (255, ""),
    "raise SystemExit('said')": (1, "said\n"),
    "raise SystemExit": (0, ""),
    "import atexit; atexit.register(print, 'b'); print('a')": (0, "a\nb\n"),
    "import threading, time; threading.Timer(0.05, print, ['late']).start()": (0, "late\n"),
    "kept = open('/dev/stdout', 'w'); kept.write('unflushed')": (0, "unflushed"),
    "class A:\n  def __del__(self): print('gone')\na = A()": (0, "gone\n"),
}


@pytest.mark.parametrize("text", ENDS)
def test_a_program_ends_as_python_ends_it(text):
    words = [sys.executable, "-c", text]
    with WarmPopen(words, stdout=-1, stderr=subprocess.STDOUT, text=True) as process:
        out = process.communicate()[0]
    assert (process.returncode, out) == ENDS[text]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
def test_output_that_cannot_be_written_is_told_at_the_end():
    words = [sys.executable, "-c", "print('a')"]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with open("/dev/full", "w") as full:  # noqa: PTH123
        process = WarmPopen(words, stdout=full, stderr=-1, text=True, env=env)
    assert "No space left" in process.communicate()[1] and process.returncode == 120


def test_what_is_imported_is_not_taken_down():
    """It took half of what a small process costs."""
    text = "class A:\n  def __del__(self): print('gone')\nimport torch\ntorch.kept = A()"
    with WarmPopen([sys.executable, "-c", text], stdout=-1, text=True) as process:
        assert process.communicate()[0] == "" and process.wait() == 0
