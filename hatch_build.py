"""Compiles the native kernel into the wheel, where there is a C compiler; without one, all else.

Used by hatchling (pyproject.toml). `BACKTRACE_NO_COMPILER=1` leaves the kernel out, `CC` names
another compiler. The library has no Python in it, so that one wheel serves every Python of a
platform; without the library the wheel is one for any platform.
"""

from __future__ import annotations

import os
import platform
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NATIVE = Path("backtrace", "recording", "kernels", "native")
# Nothing that the compiler fuses, and no option of this very machine: the bits are the same on all.
FLAGS = ("-O3", "-shared", "-fPIC", "-ffp-contract=off", "-pthread")


class NativeBuildHook(BuildHookInterface[Any]):
    """What hatchling calls before it puts together a wheel, an editable one too."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and have the library packed and the wheel named after the platform."""
        library = Path(self.root, NATIVE, "_readings.so")
        library.unlink(missing_ok=True)
        if self.target_name != "wheel" or not compile_library(Path(self.root, NATIVE), library):
            return
        name = sysconfig.get_platform().replace("universal2", platform.machine())
        build_data["pure_python"] = False
        build_data["tag"] = "py3-none-" + name.replace("-", "_").replace(".", "_")
        build_data["artifacts"].append(str(NATIVE / library.name))


def compile_library(folder: Path, library: Path) -> bool:
    """Compile `readings.c`; False where that cannot be, with the reason on stderr."""
    if os.environ.get("BACKTRACE_NO_COMPILER"):
        reason = "BACKTRACE_NO_COMPILER is set"
    elif os.name != "posix":
        reason = "it needs POSIX threads"
    else:
        compiler = shlex.split(os.environ.get("CC") or "cc")
        command = [*compiler, *FLAGS, str(folder / "readings.c"), "-o", str(library)]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
            return True
        except (OSError, subprocess.SubprocessError) as error:
            reason = str(getattr(error, "stderr", None) or error).strip()
    library.unlink(missing_ok=True)
    print(f"backtrace is built without its native kernel: {reason}", file=sys.stderr)
    return False
