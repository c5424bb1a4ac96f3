"""backtrace keeps the books of a PyTorch training loop."""

from backtrace.announce import note_loss, watch

__version__ = "0.1.0"
__all__ = ["__version__", "note_loss", "watch"]
