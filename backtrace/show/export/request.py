"""What the user asked of an export."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Request:
    """Where to write (None: stdout), which tensors, and whether a progress bar may be drawn."""

    output: Path | None
    params: tuple[str, ...] = ()
    has_bar: bool = True
