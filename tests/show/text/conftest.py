"""Golden files: `UPDATE_GOLDEN=1 pytest tests/render` writes them anew."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # made_up and cases are modules of these tests alone


@pytest.fixture
def draw() -> Callable[..., str]:
    """Return what a console of this width shows of a renderable."""

    def show(renderable: RenderableType, width: int, *, color: bool = False) -> str:
        console = Console(
            file=io.StringIO(),
            width=width,
            force_terminal=color,
            color_system="standard" if color else None,
            legacy_windows=False,
            _environ={},
        )
        console.print(renderable)
        return "".join(f"{line.rstrip()}\n" for line in console.file.getvalue().splitlines())

    return show


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Hold a text against its golden file."""

    def hold(name: str, text: str) -> None:
        path = HERE / "golden" / name
        if os.environ.get("UPDATE_GOLDEN"):
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text

    return hold
