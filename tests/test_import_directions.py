"""The house keeps its order: who may import whom, and how large things may grow."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import pytest

import backtrace

PACKAGE = Path(backtrace.__file__).parent
FILES = sorted(p for p in PACKAGE.rglob("*.py") if "bundled" not in p.relative_to(PACKAGE).parts)

# Data flows one way: a folder imports what stands before it in this order, or itself.
ORDER = (
    "version", "errors", "printable", "announce", "start_up", "interrupts", "language",
    "docstrings", "narrow_stdout", "as_data",
    "ledger",
    "tracefile", "diagnose", "config",
    "train", "explain",
    "recording", "steer", "driver",
    "show", "compare", "check", "learn", "pytest_plugin", "cli", "__main__",
)  # fmt: skip
LEAVES = ORDER[:5]
# Half of `explain` looks at live tensors; the half that is shown must not, which those who show
# it prove: `show` and `cli` may not lead to torch through it.
TO_TORCH = {"train", "recording", "steer", "explain"}
THROUGH_THEM = {"driver", "compare.trials"}  # they start what runs

# A trace and an update show themselves in a notebook: `_repr_html_` must be a method of theirs,
# so it reaches for the renderer, lazily, when a notebook calls it; so do `.plot()`, `.report()` …
# A block has no command line that could put a tracker beside it: `record(log=…)` does.
REPR_HTML = {
    ("ledger.trace", "show.notebook.answers"),
    ("ledger.trace", "show.notebook.figure"),
    ("ledger.trace", "show.notebook.overview"),
    ("ledger.trace", "show.html.html"),
    ("ledger.updates", "show.html.html"),
    ("diagnose.diagnose", "show.notebook.overview"),
    ("recording.record", "show.sinks.live.of_block"),
}
# Circles that are not mended yet: whoever mends one takes it out. No new one may come in.
CIRCLES_OF_FILES: set[frozenset[str]] = set()
CIRCLES_OF_FOLDERS: set[frozenset[str]] = set()


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


BODIES = ("body", "orelse", "finalbody", "handlers", "cases")
NAMES = {name_of(path) for path in FILES}
BY_NAME = {name_of(path): path for path in FILES}


def is_type_checking(node: ast.AST) -> bool:
    test = node.test if isinstance(node, ast.If) else None
    return "TYPE_CHECKING" in {getattr(test, "id", None), getattr(test, "attr", None)}


def walk(tree: ast.AST) -> Iterator[tuple[ast.AST, bool]]:
    """Go through all statements that run; each with whether it stands inside a function.

    What is in an expression imports nothing and defines nothing that these tests ask for.
    """
    waiting = [(tree, False)]
    while waiting:
        node, inside = waiting.pop()
        yield node, inside
        bodies = ("orelse",) if is_type_checking(node) else BODIES
        inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        children = [child for body in bodies for child in getattr(node, body, ())]
        waiting.extend((child, inside) for child in children)


@dataclass(frozen=True)
class Facts:
    """What the tests ask of a file, from the one time that it is parsed."""

    imports: frozenset[tuple[str, bool]]
    classes: tuple[str, ...]
    too_long: tuple[str, ...]
    has_docstring: bool


@cache
def facts(path: Path) -> Facts:
    tree = ast.parse(path.read_text())
    statements = [*walk(tree)]
    nodes = [node for node, _ in statements]
    imported = {each for node, lazy in statements for each in imported_by(node, lazy, path)}
    classes = tuple(node.name for node in nodes if isinstance(node, ast.ClassDef))
    long = tuple(said for node in nodes if (said := too_long(node, path)))
    return Facts(frozenset(imported), classes, long, ast.get_docstring(tree) is not None)


def imported_by(node: ast.AST, lazy: bool, path: Path) -> Iterator[tuple[str, bool]]:
    if isinstance(node, ast.Import):
        yield from ((alias.name, lazy) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{path}:{node.lineno} imports relatively"
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            is_module = inner.removeprefix("backtrace.") in NAMES
            yield inner if is_module else str(node.module), lazy


def imports(path: Path) -> frozenset[tuple[str, bool]]:
    """Return the full names of the modules a file imports, each with whether that is lazy."""
    return facts(path).imports


def ours(path: Path) -> set[str]:
    """Return which of our modules a file imports; `""` is the package itself."""
    return {
        name.removeprefix("backtrace").removeprefix(".")
        for name, _ in imports(path)
        if name.partition(".")[0] == "backtrace"
    }


def strangers(path: Path) -> set[str]:
    """Return the top packages that are neither ours nor the standard library's."""
    tops = {name.partition(".")[0] for name, _ in imports(path)}
    return tops - sys.stdlib_module_names - {"backtrace"}


def top(name: str) -> str:
    return name.partition(".")[0]


def breaches(found: Callable[[str, Path], Iterable[str]], under: str = "") -> list[str]:
    """Return what `found(name, path)` tells of every file, or of those in a folder."""
    return [
        f"{name}: {what}"
        for name, path in BY_NAME.items()
        if not under or top(name) == under
        for what in sorted(found(name, path))
    ]


# -- import rules ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", LEAVES)
def test_leaves_import_the_standard_library_only(name):
    path = BY_NAME[name]
    assert not ours(path) and not strangers(path)


def test_imports_follow_the_order_of_the_house():
    def found(name, path):
        if not name:
            return []
        place = ORDER.index(top(name))
        return {
            each
            for each in ours(path)
            if each and ORDER.index(top(each)) > place and (name, each) not in REPR_HTML
        }

    assert breaches(found) == []


def test_every_exception_is_still_needed():
    assert [(a, b) for a, b in REPR_HTML if a not in BY_NAME or b not in ours(BY_NAME[a])] == []


def edges() -> set[tuple[str, str]]:
    """Return who imports whom, lazily or not; the renderer of `_repr_html_` does not count."""
    found = {(name, each) for name, path in BY_NAME.items() for each in ours(path)}
    return {(a, b) for a, b in found if a != b} - REPR_HTML


def circles(edges: Iterable[tuple[str, str]]) -> set[frozenset[str]]:
    """Return the largest sets whose members all lead to each other."""
    following: dict[str, set[str]] = {}
    for one, other in edges:
        following.setdefault(one, set()).add(other)

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            new = following.get(waiting.pop(), set()) - seen
            seen |= new
            waiting += new
        return seen

    ahead = {name: reached(name) for name in following}
    return {
        frozenset(each for each in ahead[name] if name in ahead.get(each, ()))
        for name in following
        if name in ahead[name]
    }


def siblings(depth: int) -> set[tuple[str, str]]:
    """Return who imports whom among the files and folders that lie in one folder."""
    found = set()
    for pair in edges():
        one, other = (name.split(".")[:depth] for name in pair)
        if len(one) == len(other) == depth and one[:-1] == other[:-1] and one != other:
            found.add((".".join(one), ".".join(other)))
    return {(one, other) for one, other in found if one and other}


def unknown(found: set[frozenset[str]], known: set[frozenset[str]]) -> list[list[str]]:
    return [sorted(each) for each in found if not any(each <= circle for circle in known)]


def test_no_circle_of_files():
    assert unknown(circles(edges()), CIRCLES_OF_FILES) == []


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_no_circle_of_folders(depth):
    assert unknown(circles(siblings(depth)), CIRCLES_OF_FOLDERS) == []


def test_circles_are_found():
    assert circles([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]) == {frozenset("abc")}
    assert circles([("a", "b"), ("b", "c"), ("a", "c")]) == set()


@pytest.mark.parametrize("folder", ["ledger", "tracefile", "diagnose"])
def test_plain_data_needs_the_standard_library_only(folder):
    assert breaches(lambda name, path: strangers(path), folder) == []


def test_only_repr_html_reaches_for_a_renderer():
    for name, target in REPR_HTML:
        lazy = {found for found, is_lazy in imports(BY_NAME[name]) if is_lazy}
        eager = {found for found, is_lazy in imports(BY_NAME[name]) if not is_lazy}
        assert f"backtrace.{target}" in lazy - eager


def test_torch_is_imported_by_its_doors_only():
    def found(name, path):
        return [] if top(name) in TO_TORCH else {top(n) for n, _ in imports(path)} & {"torch"}

    assert breaches(found) == []


def leads_to_torch(name: str, known: dict[str, bool]) -> bool:
    """Whether importing a module imports torch, by the imports at the top of modules."""
    if name not in known:
        known[name] = False
        eager = {found for found, lazy in imports(BY_NAME[name]) if not lazy}
        nearer = {found.removeprefix("backtrace").removeprefix(".") for found in eager}
        parents = {name.rsplit(".", n)[0] for n in range(1, name.count(".") + 1)}
        known[name] = any(top(found) == "torch" for found in eager) or any(
            leads_to_torch(found, known) for found in (nearer & NAMES) | (parents & NAMES)
        )
    return known[name]


def is_door(name: str) -> bool:
    doors = TO_TORCH | THROUGH_THEM
    return top(name) in doors or name in doors


def test_whoever_is_no_door_to_torch_does_not_lead_there():
    def found(name, path):
        return ["leads to torch"] if leads_to_torch(name, {}) else []

    assert [each for each in breaches(found) if not is_door(each.partition(":")[0])] == []


@pytest.mark.parametrize("room", ["content", "json", "html"])
def test_what_is_no_terminal_needs_no_rich(room):
    under = f"show.{room}"
    assert (
        breaches(lambda name, path: strangers(path) if name.startswith(under) else [], "show") == []
    )


def test_the_rooms_of_show_import_in_one_direction():
    rooms = {path.name: set() for path in (PACKAGE / "show").iterdir() if path.is_dir()}
    for name, path in BY_NAME.items():
        _, *inner = name.split(".")
        if top(name) == "show" and inner[:1] and inner[0] in rooms:
            others = {each.split(".")[1] for each in ours(path) if each.count(".") > 1}
            rooms[inner[0]] |= others & rooms.keys() - {inner[0]}
    list(TopologicalSorter(rooms).static_order())  # it raises at a circle
    assert rooms["content"] == set()


def test_the_loop_knows_neither_who_watches_nor_who_shows():
    assert not {top(name) for name in ours(BY_NAME["train.loop"])} - {"", "announce"}


def test_heavy_imports_stand_inside_the_command():
    def found(name, path):
        eager = {each for each, lazy in imports(path) if not lazy}
        heavy = {each for each in eager if top(each) not in sys.stdlib_module_names | {"typer"}}
        return {each for each in heavy if not each.startswith(("backtrace.cli", "backtrace.err"))}

    assert breaches(found, "cli") == []


def test_a_trace_is_shown_without_what_judges_several_ranks():
    reached, waiting = set(), ["show.show", "show.text.tables"]
    while waiting:
        path = BY_NAME[waiting.pop()]
        eager = {each.removeprefix("backtrace.") for each, lazy in imports(path) if not lazy}
        waiting += (eager & NAMES) - reached
        reached |= eager & NAMES
    assert "driver.driver" in reached
    assert not {name for name in reached if name.startswith("diagnose.ranks.")}


# -- what an import does --------------------------------------------------------------------

PROBE = """\
import contextlib, importlib, io, sys
from backtrace.__main__ import run_command_line
for step in {steps!r}:
    if isinstance(step, str):
        importlib.import_module(step)
    else:
        sys.argv = ["backtrace", *step]
        with contextlib.redirect_stdout(io.StringIO()) as out:
            assert run_command_line() == 0, step
        assert out.getvalue(), step
    assert "torch" not in sys.modules, step
"""


def without_torch() -> list[str]:
    names = sorted(n for n in NAMES if not is_door(n) and n != "__main__")
    if find_spec("textual") is None:  # an extra
        names = [name for name in names if not name.startswith("show.tui")]
    return ["backtrace" if name == "" else f"backtrace.{name}" for name in names]


def test_no_torch_comes_in_where_none_is_needed():
    commands = [["--help"], ["run", "--help"], ["configs"], ["schema"], ["--version"]]
    code = PROBE.format(steps=without_torch() + commands)
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "name", ["compare.measure", "compare.sentence", "cli", "config.load", "show.text.update_table"]
)
def test_the_ones_that_matter_most_are_among_them(name):
    assert f"backtrace.{name}" in without_torch()


# -- sizes and names ------------------------------------------------------------------------


def too_long(node: ast.AST, path: Path) -> str:
    """Say of a function of more than 40 lines, docstrings not counted, how long it is.

    A command's signature declares its options, two lines each, as a table would: not counted.
    """
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return ""
    first = node.body[0]
    is_command = top(name_of(path)) == "cli" and node.name == path.stem
    lines = (node.end_lineno or 0) - (first.lineno if is_command else node.lineno) + 1
    if ast.get_docstring(node) is not None:
        lines -= (first.end_lineno or 0) - first.lineno + 1
    return f"{node.name} has {lines} lines" if lines > 40 else ""


def test_no_file_is_over_300_lines():
    def found(_, path):
        lines = len(path.read_text().splitlines())
        return [f"{lines} lines"] if lines > 300 else []

    assert breaches(found) == []


def test_the_median_file_is_short():
    assert median(len(path.read_text().splitlines()) for path in FILES) <= 120


def test_no_function_is_over_40_lines():
    assert breaches(lambda _, path: facts(path).too_long) == []


def test_every_module_says_what_it_is_for():
    def found(_, path):
        return [] if facts(path).has_docstring else ["no docstring"]

    assert breaches(found) == []


def test_every_module_and_class_has_a_name_that_says_something():
    empty = {"utils", "util", "helpers", "helper", "common", "base", "core", "misc"}

    def found(_, path):
        yield from empty & {part.strip("_") for part in path.relative_to(PACKAGE).parts[:-1]}
        yield from empty & {path.stem.strip("_")}
        yield from (n for n in facts(path).classes if n.endswith(("Manager", "Handler", "Engine")))

    assert breaches(found) == []


def test_a_class_name_means_one_thing():
    places: dict[str, list[str]] = {}
    for name, path in BY_NAME.items():
        for each in facts(path).classes:
            places.setdefault(each, []).append(name)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_the_loop_is_short():
    assert len(BY_NAME["train.loop"].read_text().splitlines()) <= 60
