from __future__ import annotations

from pathlib import Path

import pytest

from backtrace.check.targets import find_targets
from backtrace.errors import ConfigError, ScriptError, UsageError


@pytest.fixture(autouse=True)
def _files():
    for file in ("configs/b.yaml", "configs/deep/a.yml", "configs/.hidden/c.yaml", "train.py"):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text("")
    Path("configs/notes.txt").write_text("")


def names(*texts):
    return [(each.kind, each.name, each.arguments) for each in find_targets(texts)]


def test_a_folder_stands_for_all_configs_in_it():
    assert names("configs") == [
        ("config", "configs/b.yaml", ()),
        ("config", "configs/deep/a.yml", ()),
    ]


def test_each_is_there_once():
    assert len(names("configs", "configs/b.yaml", "./configs/b.yaml")) == 2
    assert len(names("train.py", "train.py --a", "train.py")) == 2


def test_a_script_may_have_arguments():
    assert names("train.py --name 'two words'") == [
        ("script", "train.py --name 'two words'", ("--name", "two words"))
    ]


def test_a_script_whose_name_has_blanks_is_no_script_with_arguments():
    Path("my train.py").write_text("")
    assert names("my train.py") == [("script", "my train.py", ())]


def test_a_bundled_config_goes_by_its_name():
    assert names("linear") == [("config", "linear", ())]


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        ("nowhere.yaml", ConfigError, "no such file"),
        ("nowhere.py", ScriptError, "no such file"),
        ("trian.py --a", ScriptError, "did you mean `train.py`"),
        ("linaer", ConfigError, "did you mean `linear`"),
        ("'", ConfigError, "no such file"),
        ("", ConfigError, "no config was named"),
    ],
)
def test_what_is_not_there_is_said_before_anything_runs(text, error, told):
    with pytest.raises(error, match=told):
        find_targets(["linear", text])


def test_a_folder_without_configs_is_a_mistake():
    Path("empty").mkdir()
    with pytest.raises(UsageError, match="nothing to check is in it"):
        find_targets(["empty"])
