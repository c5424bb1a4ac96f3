"""backtrace keeps the books of a PyTorch training loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backtrace.announce import note_loss, watch
from backtrace.version import __version__

if TYPE_CHECKING:
    from backtrace.recording.record import record
    from backtrace.show.breaks.break_when import BreakReached, break_when
    from backtrace.show.notebook.run import run
    from backtrace.tracefile import load

__all__ = [
    "BreakReached", "__version__", "break_when", "load", "note_loss", "record", "run", "watch",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import `record`, and torch with it, only when it is asked for; `load` needs no torch."""
    if name == "record":
        from backtrace.recording.record import record

        return record
    if name == "load":
        from backtrace.tracefile import load

        return load
    if name in ("BreakReached", "break_when"):
        from backtrace.show.breaks import break_when

        return getattr(break_when, name)
    if name == "run":
        from backtrace.show.notebook.run import run

        return run
    raise AttributeError(f"module 'backtrace' has no attribute {name!r}")


def load_ipython_extension(shell: Any) -> None:
    """Make `%%backtrace` known to a notebook; `%load_ext backtrace` calls this."""
    from backtrace.show.notebook.magic import register

    register(shell)
