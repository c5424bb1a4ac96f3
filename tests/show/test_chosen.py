"""What was chosen and is not there is refused before a run, and told at the end of a script's."""

from __future__ import annotations

from io import StringIO

import pytest

from backtrace.config.load import load_config
from backtrace.driver.options import RecordOptions
from backtrace.driver.sources.config import run_config
from backtrace.driver.view import RunResult
from backtrace.errors import ConfigError, UsageError
from backtrace.ledger.name_globs import describe_unmatched, is_chosen
from backtrace.ledger.updates import Update
from backtrace.show.chosen import Chosen, ChosenView
from backtrace.show.selection import parse_selection


def test_globs_choose_by_name_and_by_pattern() -> None:
    assert is_chosen("fc.weight", [])
    assert is_chosen("fc.weight", ["fc.*"])
    assert is_chosen("a[0].b", ["a[0].b"])
    assert not is_chosen("fc.weight", ["fc.bias"])


def test_a_glob_without_a_name_says_what_there_is() -> None:
    names = ["fc.weight", "fc.bias"]
    assert describe_unmatched(["fc.*"], names) == ""
    told = describe_unmatched(["fc.*", "fc.wieght"], names)
    assert told == (
        "--param fc.wieght: no parameter has that name; did you mean fc.weight? "
        "there are fc.weight, fc.bias"
    )
    assert describe_unmatched(["x"], []).endswith("there is none")


def test_a_config_is_refused_before_it_trains() -> None:
    chosen = Chosen(("nothing",))
    with pytest.raises(UsageError, match="--param nothing: no parameter has that name"):
        run_config(load_config("linear"), [], RecordOptions(accept=chosen.accept))


def test_a_choice_that_is_there_is_accepted() -> None:
    chosen = Chosen(("fc.*", "input"), parse_selection("4-9"), "4-9")
    run_config(load_config("linear"), [], RecordOptions(accept=chosen.accept)).raise_failure()


def test_a_script_says_it_at_the_end() -> None:
    stream = StringIO()
    view = ChosenView(Chosen(("nothing",), parse_selection("5-"), "5-"), stream)
    view.take_update(Update(3, "sgd", "SGD", (0.1,), 1.0, {}, (), {}, (), 0.0))
    view.finish(RunResult(1.0))
    assert stream.getvalue().splitlines() == [
        "backtrace: --param nothing: no parameter has that name; there is none",
        "backtrace: --updates 5-: the training has 3 updates",
    ]


def test_text_for_a_number_is_refused_in_words() -> None:
    loaded = load_config("linear", [("optimizer.lr", "abc")])
    with pytest.raises(ConfigError, match="lr is the text 'abc'") as caught:
        run_config(loaded, [])
    assert "not supported" not in str(caught.value)
