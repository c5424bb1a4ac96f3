"""A function that looks for one thing in the source, with the fact that it is written as."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from backtrace.ledger.facts import Fact
from backtrace.recording.source.source_file import Scope

Finder = tuple[type[Fact], Callable[[Scope], Iterator[Any]]]
