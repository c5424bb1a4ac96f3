"""Runs a script or a module as `python` would, with the instrument put on when torch comes in."""

from __future__ import annotations

import builtins
import importlib.util
import os
import sys
import tokenize
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.abc import InspectLoader
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from backtrace.errors import ScriptError

_LONGEST = 200_000  # characters of a script that a trace keeps


@dataclass(frozen=True)
class Program:
    """What is to run: a script's path, or a module's name as after `python -m`."""

    target: str
    arguments: Sequence[str] = ()
    is_module: bool = False

    @property
    def name(self) -> str:
        """What headings call it."""
        return self.target if self.is_module else Path(self.target).name

    @property
    def folder(self) -> str:
        """Where `python` looks first for what it imports."""
        here = Path.cwd()
        return str(here if self.is_module else (here / self.target).resolve().parent)


def run_as_main(program: Program) -> None:
    """Run `program` as the module `__main__`, which stays in place as after `python`.

    Whatever the program raises comes out of here, `SystemExit` and `SyntaxError` included.

    Raises:
        ScriptError: there is no such program.
    """
    module = ModuleType("__main__")
    sys.argv = [program.target, *program.arguments]
    code = _load_module(program, module) if program.is_module else _load_script(program, module)
    module.__dict__.update(__builtins__=builtins, __annotations__={})
    sys.modules["__main__"] = module
    exec(code, module.__dict__)


def check_script(target: str) -> None:
    """Raise ScriptError where the script cannot be opened, before anything is prepared for it."""
    path = Path(target)
    if path.is_dir():
        raise ScriptError(f"{target}: a folder, not a script")
    try:
        with path.open("rb"):
            return
    except FileNotFoundError:
        raise ScriptError(f"{target}: no such file in {Path.cwd()}{_near(path)}") from None
    except OSError as error:
        raise ScriptError(f"{target}: it cannot be read: {error.strerror}") from None


def read_script(program: Program) -> str:
    """Return the text of a script as it is now; '' of a module, and of what is no short text."""
    if program.is_module:
        return ""
    try:
        with tokenize.open(program.target) as file:
            text = file.read(_LONGEST + 1)
    except (OSError, SyntaxError, UnicodeError):
        return ""
    return text if len(text) <= _LONGEST else ""


def _near(path: Path) -> str:
    """Return what else may have been meant: a file of nearly that name, or a bundled config."""
    from backtrace.config.bundled import bundled_names
    from backtrace.config.words import nearest

    beside = [each.name for each in sorted(path.parent.glob("*.py")) if each.is_file()]
    near = nearest(path.name, beside)
    if near:
        return f"\n    did you mean `{path.with_name(near)}`?"
    stem = path.with_suffix("").as_posix()
    if stem in bundled_names():
        return f"\n    the bundled config of that name runs with `backtrace run {stem}`"
    return ""


def _load_script(program: Program, module: ModuleType) -> CodeType:
    check_script(program.target)
    path = str(Path.cwd() / program.target)
    _set_first_path(program.folder)
    loader = SourceFileLoader("__main__", path)
    module.__dict__.update(__file__=path, __cached__=None, __loader__=loader)
    return compile(Path(path).read_bytes(), path, "exec", dont_inherit=True)


def _load_module(program: Program, module: ModuleType) -> CodeType:
    _set_first_path(program.folder)
    spec = _find_module(program.target)
    loader = spec.loader
    code = loader.get_code(spec.name) if isinstance(loader, InspectLoader) else None
    if code is None:
        raise ScriptError(f"-m {program.target}: it has no Python code to run")
    sys.argv[0] = spec.origin or program.target
    module.__dict__.update(
        __file__=spec.origin,
        __cached__=spec.cached,
        __loader__=loader,
        __package__=spec.parent,
        __spec__=spec,
    )
    return code


def _find_module(name: str) -> ModuleSpec:
    """Return the spec of a module, or of a package's `__main__`; its parents are imported."""
    if name.endswith(".py"):
        raise ScriptError(f"-m {name}: a module's name has no `.py`; without -m it is a script")
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            inner = f"{name}.__main__"
            spec = importlib.util.find_spec(inner)
            if spec is None:
                raise ScriptError(f"-m {name}: a package without a `__main__` module")
    except (ModuleNotFoundError, ValueError) as error:
        missing = getattr(error, "name", None)
        if missing is not None and not f"{name}.".startswith(f"{missing}."):
            raise  # the program's own import failed
        spec = None
    if spec is None:
        raise ScriptError(f"-m {name}: no module of that name; searched from {Path.cwd()}")
    return spec


def _set_first_path(folder: str) -> None:
    """Put `folder` where `python` puts it: in place of our own command's folder."""
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = folder


class TorchWatch:
    """Calls `begin` as soon as torch is imported, or at once where it is imported already.

    A script may set the environment that torch reads when it is imported, so torch must not come
    in before the script asks for it; and nothing is to be watched before it does.
    """

    def __init__(self, begin: Callable[[], None]) -> None:
        self._begin = begin

    def __enter__(self) -> TorchWatch:
        if "torch" in sys.modules:
            self._begin()
        else:
            sys.meta_path.insert(0, self)
        return self

    def __exit__(self, *exception: object) -> None:
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """Find torch as the import system does, and have `begin` called after its import.

        Many a program asks first whether torch is there, and imports it later, or never.
        """
        if name != "torch":
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        specs = (each.find_spec(name, path, target) for each in others)
        spec = next((each for each in specs if each is not None), None)
        loader = None if spec is None else spec.loader
        if loader is not None:
            run: Callable[[ModuleType], None] = loader.exec_module

            def exec_module(module: ModuleType) -> None:
                del loader.exec_module
                run(module)
                if self in sys.meta_path:
                    sys.meta_path.remove(self)
                    self._begin()

            loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def is_script(target: str) -> bool:
    """Whether `target` is meant as a Python script, be it there or not."""
    if target.endswith((".py", ".pyw")):
        return True
    if target.endswith((".yaml", ".yml")) or not os.path.isfile(target):  # noqa: PTH113
        return False
    try:
        with Path(target).open("rb") as file:
            first = file.readline(200)
    except OSError:
        return False
    return first.startswith(b"#!") and b"python" in first
