"""What `import backtrace` offers, whole and documented."""

from __future__ import annotations

import inspect
import re
from importlib.metadata import version
from pathlib import Path

import pytest

import backtrace
from backtrace import errors

ROOT = Path(__file__).parent.parent


def test_the_public_names_are_complete():
    names = {"BreakReached", "break_when", "load", "note_loss", "record", "run", "watch"}
    assert set(backtrace.__all__) == {"__version__", *names}
    public = {n for n in vars(backtrace) if not n.startswith("_") and n not in backtrace.__all__}
    modules = {name for name in public if inspect.ismodule(getattr(backtrace, name))}
    for_ipython = {"load_ipython_extension"}
    assert public - modules - for_ipython <= {"annotations", "Any", "TYPE_CHECKING"}


@pytest.mark.parametrize("name", sorted(set(backtrace.__all__) - {"__version__"}))
def test_every_public_name_says_what_it_does(name):
    assert len(inspect.getdoc(getattr(backtrace, name)).splitlines()) > 1


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="recrod"):
        backtrace.recrod  # noqa: B018


def test_the_version_is_the_distributions():
    assert version("torch-backtrace") == backtrace.__version__


def test_the_tree_of_errors_is_drawn_whole():
    classes = [
        cls
        for cls in vars(errors).values()
        if isinstance(cls, type) and issubclass(cls, errors.BacktraceError)
    ]
    for cls in classes:
        assert cls.__name__ in errors.__doc__ and cls.__doc__
        assert cls.exit_code == errors.EXIT_MISTAKE


def test_announcements_do_nothing_when_nothing_records():
    assert backtrace.watch(object(), name="anything") is None
    assert backtrace.note_loss("anything", term=None) is None


def test_tags_in_examples_and_the_changelog_are_of_this_version():
    check = (ROOT / "docs/check.md").read_text("utf-8")
    tags = re.findall(r"(?:rev: |copy-of-backtrace@)v([\w.]+)", check)
    assert len(tags) == 2 and set(tags) == {backtrace.__version__}
    heading = re.search(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert heading is not None and heading[1] == backtrace.__version__
