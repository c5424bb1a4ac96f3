"""The textbook arithmetic of each optimizer's step: one file per optimizer."""

from backtrace.explain.receipts.arithmetic import Arithmetic, Before, ChangeTerm, StepRule
from backtrace.explain.receipts.find_receipt import find_receipt

__all__ = ["Arithmetic", "Before", "ChangeTerm", "StepRule", "find_receipt"]
