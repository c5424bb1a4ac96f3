"""A line of text for the terminal, and how it is meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LineTone = Literal["plain", "title", "dim", "bad", "warn"]
LINE_STYLES: dict[LineTone, str] = {
    "plain": "",
    "title": "bold",
    "dim": "dim",
    "bad": "bold red",
    "warn": "yellow",
}


@dataclass(frozen=True, slots=True)
class StyledLine:
    """One line of text, and how it is meant."""

    text: str
    tone: LineTone = "plain"
