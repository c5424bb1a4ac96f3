"""Every file under configs/ says what to look at, loads, and runs with balanced books."""

from __future__ import annotations

import re

import pytest

from backtrace.compare.plan import plan_variants
from backtrace.config.bundled import bundled_folder, describe
from backtrace.config.load import LoadedConfig, load_config
from backtrace.driver.sources.config import run_config
from backtrace.driver.view import View
from backtrace.errors import DataError
from backtrace.ledger.events import Edited, Event, Unseen
from backtrace.ledger.updates import Update

FOLDER = bundled_folder()
PATHS = sorted(path for ending in ("*.yaml", "*.yml") for path in FOLDER.rglob(ending))
EVERY_CONFIG = pytest.mark.parametrize(
    "path", PATHS, ids=[path.relative_to(FOLDER).as_posix() for path in PATHS]
)
LIMIT = 2


class Kept(View):
    """A view that keeps what it is shown."""

    def __init__(self) -> None:
        self.updates: list[Update] = []
        self.events: list[Event] = []
        self.interrupted: bool | None = None

    def start(self, plan):
        self.plan = plan

    def take_event(self, event):
        self.events.append(event)

    def take_update(self, update):
        self.updates.append(update)

    def finish(self, result):
        self.interrupted = result.interrupted


def run(loaded: LoadedConfig) -> Kept:
    view = Kept()
    run_config(loaded, [view])
    return view


def load(path, *overrides):
    limited = [*overrides, ("loop.updates", str(LIMIT))]
    return load_config(path, limited)


def run_somehow(path, *overrides):
    """Run on the real data where it is, else on made-up data."""
    try:
        return run(load(path, *overrides))
    except DataError:
        return run(load(path, *overrides, ("data.synthetic", "true")))


def assert_in_order(view):
    assert view.interrupted is False
    assert len(view.updates) == LIMIT
    assert not [event for event in view.events if isinstance(event, Unseen | Edited)]
    for update in view.updates:
        assert update.is_complete and update.loss is not None
        for row in update.rows.values():
            assert row.grad_books.is_balanced, (update.index, row)
            assert row.value_books.is_balanced, (update.index, row)


def comment_of(path):
    text = path.read_text(encoding="utf-8")
    return re.match(r"(?:#.*\n)+", text)[0], text


@EVERY_CONFIG
def test_it_opens_with_what_to_look_at_and_the_command(path):
    comment, text = comment_of(path)
    name = path.relative_to(FOLDER).with_suffix("").as_posix()
    assert re.search(rf"^# +backtrace [a-z]+ {re.escape(name)}\b", comment, re.MULTILINE)
    assert re.search(r"\b[Ll]ook (at|for)\b", comment)
    assert text.startswith("# ") and describe(path).endswith((".", "!", "?"))


@EVERY_CONFIG
def test_it_names_the_schema_for_editors(path):
    (line,) = re.findall(r"^# yaml-language-server: \$schema=(\S+)$", path.read_text(), re.M)
    assert line.endswith("config.schema.json")


@EVERY_CONFIG
def test_every_command_in_its_comment_names_it(path):
    comment, _ = comment_of(path)
    name = path.relative_to(FOLDER).with_suffix("").as_posix()
    for target in re.findall(r"backtrace [a-z]+ +(\S+)", comment):
        assert target == name


@EVERY_CONFIG
def test_it_runs_and_its_books_balance(path):
    assert_in_order(run_somehow(path))


@EVERY_CONFIG
def test_its_variants_load_and_run(path):
    if not load_config(path).config.compare:
        pytest.skip("compares nothing")
    named = plan_variants([str(path)], [("data.synthetic", "true")], [], LIMIT)
    assert len(named) >= 2
    assert len({name for name, _ in named}) == len(named)
    for _, loaded in named:
        assert_in_order(run(loaded))


def test_all_reference_cases_are_there():
    expected = {
        "linear", "loss_mix", "loss_sums", "broadcast_mlp", "cifar10", "optimizers",
        "learning_rates", "lenet", "manual_sgd", "accumulate", "small_net", "digits",
    }  # fmt: skip
    assert expected <= {path.stem for path in PATHS}
