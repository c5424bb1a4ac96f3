"""Does every script of a folder print, end and leave what it would bare, under `backtrace run`?

    python benchmarks/same_scripts.py FOLDER [--repeat N] [--only NAME]

Each runs in a copy of its folder, bare and traced: stdout and the exit code must be the same,
but for addresses in memory, and so must the files that it leaves. A script that is named in
`--chance NAME`, because it is a matter of chance what it prints (signals at random times), is
shown, not held.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

_SECONDS = 300


@dataclass(frozen=True)
class Ran:
    """What came of a run."""

    code: int
    out: str
    files: tuple[str, ...]


def run(folder: Path, script: str, *, traced: bool) -> Ran:
    """Run a script in a copy of its folder, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "copy"
        shutil.copytree(folder, copy)
        copy.chmod(0o755)
        trace = str(Path(place) / "run.trace")
        ours = ["-m", "backtrace", "run", "-o", trace] if traced else []
        done = subprocess.run(
            [sys.executable, *ours, script],
            cwd=copy, capture_output=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
        files = sorted(str(each.relative_to(copy)) for each in copy.rglob("*"))
        out = done.stdout.decode(errors="replace").replace(str(copy), "")
        out = re.sub(r"0x[0-9a-f]{6,}", "0x…", out)
        return Ran(done.returncode, out, tuple(each for each in files if "__pycache__" not in each))


def describe(bare: Ran, traced: Ran, *, is_chance: bool) -> str:
    """Return in what the two differ; '' where they do not."""
    if bare.code != traced.code:
        return f"exit code {traced.code} instead of {bare.code}"
    if bare.files != traced.files:
        return f"files {sorted({*bare.files} ^ {*traced.files})}"
    if bare.out != traced.out and not is_chance:
        return f"prints\n{traced.out}instead of\n{bare.out}"
    return ""


def main() -> int:
    """Run them, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", action="append", help="a script's name")
    parser.add_argument("--chance", action="append", default=[], help="a script's name")
    parser.add_argument("--repeat", type=int, default=1)
    options = parser.parse_args()
    names = [each.name for each in sorted(options.folder.glob("[!_]*.py"))]
    differ = ran = 0
    for name in names:
        if options.only and name not in options.only:
            continue
        for _ in range(options.repeat):
            ran += 1
            bare = run(options.folder, name, traced=False)
            traced = run(options.folder, name, traced=True)
            found = describe(bare, traced, is_chance=name in options.chance)
            differ += bool(found)
            said = f": {traced.out.splitlines()[-1]}" if name in options.chance else ""
            print(f"{name:28} {found or 'the same'}{said}", flush=True)
    print(f"{ran} runs, {differ} other than bare")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
