"""The configs that come with backtrace: their names, their files, and what each is about."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from backtrace.config.words import nearest
from backtrace.errors import UsageError

_TEACHING = (
    "linear", "small_net", "accumulate", "accumulate_uneven", "loss_mix", "loss_sums",
    "loss_shares", "broadcast_mlp", "why_none", "manual_sgd", "learning_rates", "vanishing",
    "batch_norm", "lenet", "digits", "optimizers", "cifar10",
)  # fmt: skip

# Where an editor finds the schema from the config's own folder, and from no other.
_SCHEMA_LINE = re.compile(r"^# yaml-language-server:.*\n", re.MULTILINE)


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


def in_teaching_order() -> list[str]:
    """Return the names in the order in which to read them; any others come last."""
    known = {name: at for at, name in enumerate(_TEACHING)}
    return sorted(bundled_names(), key=lambda name: (known.get(name, len(known)), name))


def require_bundled(name: str) -> Path:
    """Return the bundled config of that name.

    Raises:
        UsageError: there is none; the text says which may be meant.
    """
    found = find_bundled(name)
    if found is None:
        near = nearest(name, bundled_names())
        asked = f"did you mean `{near}`? " if near else ""
        hint = f"{asked}`backtrace configs` lists the bundled ones"
        raise UsageError(f"{name}: no bundled config of that name\n    {hint}")
    return found


def copy_bundled(name: str, folder: Path, *, force: bool = False) -> list[Path]:
    """Copy a bundled config, and the files that it names, into a folder; return what was written.

    Raises:
        UsageError: there is none of that name, or one of the files is there already or cannot be
            written.
    """
    source = require_bundled(name)
    text = source.read_text("utf-8")
    root = source.parent
    others = [each for each in bundled_folder().rglob("*") if each.is_file()]
    needed = [
        each
        for each in others
        if each.suffix not in (".yaml", ".pyc")
        and (each.relative_to(root).as_posix() in text or f"{each.stem}:" in text)
    ]
    written = [(each, folder / each.relative_to(root)) for each in (source, *needed)]
    for _, to in written:
        if to.exists() and not force:
            raise UsageError(f"{to}: it is there already; --force overwrites it")
    for each, to in written:
        try:
            to.parent.mkdir(parents=True, exist_ok=True)
            if each == source:
                to.write_text(_SCHEMA_LINE.sub("", text), "utf-8")
            else:
                shutil.copyfile(each, to)
        except OSError as error:
            raise UsageError(f"{to}: cannot be written: {error.strerror or error}") from None
    return [to for _, to in written]


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
