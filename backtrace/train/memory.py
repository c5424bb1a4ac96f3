"""Refuses what would not fit in memory before anything is allocated."""

from __future__ import annotations

import os
from pathlib import Path

from backtrace.train.problems import Problems

MEMINFO = Path("/proc/meminfo")


def available_bytes() -> int | None:
    """Return how many bytes of memory can still be had, or None where nothing tells."""
    if MEMINFO.is_file():
        for line in MEMINFO.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return None


def fits_in_memory(problems: Problems, key: str, what: str, needed: int, hint: str) -> bool:
    """Tell whether `needed` bytes can be had; if not, write down both numbers."""
    available = available_bytes()
    if available is None or needed <= available:
        return True
    found = f"{what} would need {size_text(needed)}; {size_text(available)} are available"
    problems.add(key, found, hint)
    return False


def size_text(count: int) -> str:
    """Return `count` bytes as a person writes them: `3.7 GiB`."""
    size, unit = float(count), "bytes"
    for larger in ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{count:,} bytes" if unit == "bytes" else f"{size:,.1f} {unit}"
