"""What a trace says of the process that it was recorded in."""

from __future__ import annotations

import os
import platform
from datetime import datetime, timezone
from typing import Any

import torch

from backtrace.ledger.trace import Header


def make_header(**facts: Any) -> Header:
    """Return a header with this process's facts, and those given."""
    from backtrace.version import __version__

    return Header(
        started=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        versions={
            "python": platform.python_version(),
            "torch": str(torch.__version__),
            "backtrace": __version__,
        },
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        threads=torch.get_num_threads(),
        **facts,
    )
