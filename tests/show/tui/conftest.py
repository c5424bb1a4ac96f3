"""Golden files: `UPDATE_GOLDEN=1 pytest tests/tui` writes them anew."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # loops is a module of these tests alone


@pytest.fixture
def hold() -> Callable[[str, str], None]:
    """Hold a text against its golden file."""

    def check(name: str, text: str) -> None:
        path = HERE / "golden" / name
        if os.environ.get("UPDATE_GOLDEN"):
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text

    return check
