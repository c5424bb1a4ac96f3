"""Showing something leaves the user's random numbers as they were, the first time too."""

from __future__ import annotations

import importlib
import random
import sys

import rich
import rich.style

import backtrace.show


def test_the_first_import_of_rich_takes_no_random_numbers(monkeypatch):
    monkeypatch.setattr(rich, "style", rich.style)  # put back when the test ends
    monkeypatch.delitem(sys.modules, "rich.style")
    before = random.getstate()
    importlib.import_module("rich.style")
    assert random.getstate() != before  # else there is nothing to guard against any more
    monkeypatch.delitem(sys.modules, "rich.style")
    before = random.getstate()
    importlib.reload(backtrace.show)
    assert random.getstate() == before
