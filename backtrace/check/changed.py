"""Which targets a change concerns: those that git says differ, or that import a file that does."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from backtrace.check.targets import Target
from backtrace.errors import UsageError

_BASES = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


def changed_targets(targets: Sequence[Target]) -> list[Target]:
    """Return the targets that differ from where this branch left the main one.

    Uncommitted and untracked files count; before the first commit, all do. A script counts with
    the files beside it that it imports, also through others; a config with the files that its text
    names.

    Raises:
        UsageError: this is no git repository.
    """
    changed = find_changed()
    return [target for target in targets if any(path in changed for path in _concerned(target))]


def find_changed() -> set[Path]:
    """Return the files that git says differ from the merge base with the main branch, or HEAD.

    Raises:
        UsageError: git is not there, or this is no repository of its.
    """
    top = Path(_git("rev-parse", "--show-toplevel").strip())
    names = _git("ls-files", "--others", "--exclude-standard", "-z", cwd=top)
    if _ask("rev-parse", "--verify", "HEAD"):
        base = next(filter(None, map(_merge_base, _BASES)), "HEAD")
        names += _git("diff", "--name-only", "-z", base, cwd=top)
    else:
        names += _git("ls-files", "-z", cwd=top)
    return {(top / name).resolve() for name in names.split("\0") if name}


def _merge_base(branch: str) -> str:
    return _ask("merge-base", "HEAD", branch)


def _ask(*words: str) -> str:
    """Return what git answers; '' where there is no such branch or commit."""
    try:
        return _git(*words).strip()
    except UsageError:
        return ""


def _git(*words: str, cwd: Path | None = None) -> str:
    try:
        done = subprocess.run(
            ["git", *words], cwd=cwd, capture_output=True, text=True, errors="replace", check=False
        )
    except OSError as error:
        raise UsageError(f"--changed asks git, which did not start: {error.strerror}") from None
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["it failed"]
        raise UsageError(f"--changed asks git: {reason[0]}")
    return done.stdout


def _concerned(target: Target) -> Iterator[Path]:
    path = Path(target.path).resolve()
    if target.kind == "script":
        yield from _imported(path, path.parent, set())
        return
    yield path
    text = path.read_text(encoding="utf-8", errors="replace")
    for word in text.replace('"', " ").replace("'", " ").replace(",", " ").split():
        module = word.partition(":")[0].replace(".", "/") + ".py"
        for near in (path.parent / word, Path.cwd() / module):
            if "/" in word or "." in word:
                yield near.resolve()


def _imported(path: Path, root: Path, seen: set[Path]) -> Iterator[Path]:
    """Give a script, and what it imports of the files beside it."""
    if path in seen:
        return
    seen.add(path)
    yield path
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    for name in _modules(tree):
        stem = root / name.replace(".", "/")
        for file in (stem.with_suffix(".py"), stem / "__init__.py"):
            if file.is_file():
                yield from _imported(file.resolve(), root, seen)


def _modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)
