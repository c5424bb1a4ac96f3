"""The configs that come with backtrace: their names, their files, and what each is about."""

from __future__ import annotations

import re
from pathlib import Path


def bundled_folder() -> Path:
    """Return the folder of the bundled configs: inside the installed wheel, or the checkout's."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "bundled"
    return inside if inside.is_dir() else package.parent / "configs"


def bundled_names() -> list[str]:
    """Return the names of the bundled configs, sorted: their paths without `.yaml`."""
    folder = bundled_folder()
    found = (path.relative_to(folder).with_suffix("") for path in folder.rglob("*.yaml"))
    return sorted(path.as_posix() for path in found)


def find_bundled(name: str) -> Path | None:
    """Return the file of the bundled config `name` (or `name.yaml`), if there is one."""
    plain = name.removesuffix(".yaml")
    # Only listed names are looked up, so that no name can lead out of the folder.
    return bundled_folder() / f"{plain}.yaml" if plain in bundled_names() else None


def describe(path: Path) -> str:
    """Return the first sentence of the comment that opens the file; "" if it opens with none.

    Raises `OSError` where the file cannot be read.
    """
    lines = []
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            text = line.strip()
            if text.startswith("#"):
                text = text.lstrip("#").strip()
            elif text:
                break
            if text:
                lines.append(text)
            elif lines:
                break
    match = re.match(r".*?[.!?](?=\s|$)", comment := " ".join(lines))
    return match[0] if match else comment
