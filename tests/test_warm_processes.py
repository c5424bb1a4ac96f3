"""Processes that are forked rather than started, where nothing speaks against it."""

from __future__ import annotations

import os
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
