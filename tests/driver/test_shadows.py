"""Files beside a script that hide modules of others, and what may begin with those imported."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from backtrace.driver.apart import ModulesApart
from backtrace.driver.shadows import find_shadows
from backtrace.driver.started import may_begin_warm


def test_a_file_and_a_package_hide_a_module_of_their_name(tmp_path):
    for name in ("queue.py", "yaml.py", "own.py", "sys.py", "os.py", "notes.txt"):
        (tmp_path / name).write_text("")
    (tmp_path / "html").mkdir()  # a folder alone hides none
    (tmp_path / "rich").mkdir()
    (tmp_path / "rich" / "__init__.py").write_text("")
    assert find_shadows(tmp_path) == {"queue", "yaml", "rich"}


def test_what_cannot_be_listed_hides_none(tmp_path):
    assert not find_shadows(tmp_path / "gone")


@pytest.mark.parametrize(
    "text",
    [
        "import gc",
        "os.environ['X'] = '1'",
        "sys.modules.pop('tqdm')",
        "warnings.simplefilter('error')",
        'warnings.filterwarnings(action="error")',
        "import settings",
    ],
)
def test_a_script_that_could_tell_begins_anew(tmp_path, text):
    script = tmp_path / "train.py"
    (tmp_path / "settings.py").write_text("import gc")
    script.write_text("import torch, warnings\nwarnings.filterwarnings('ignore')")
    assert may_begin_warm(str(script))
    script.write_text(text)
    assert not may_begin_warm(str(script))


def test_so_does_one_whose_folder_hides_a_module(tmp_path):
    script = tmp_path / "train.py"
    script.write_text("import torch")
    (tmp_path / "queue.py").write_text("")
    assert not may_begin_warm(str(script))


COMMAND = "import sys; sys.path[0] = '/'; from backtrace.__main__ import main; main()"
TRAINING = """
import torch

torch.manual_seed(0)
model = torch.nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(2):
    optimizer.zero_grad()
    model(torch.ones(2, 3)).sum().backward()
    optimizer.step()
"""
ITS_OWN = """
import rich, sqlite3, statistics, yaml

print([each.OWN for each in (rich, sqlite3, statistics, yaml)], model.bias.item())
"""


@pytest.fixture
def folder(tmp_path):
    for name in ("rich", "shlex", "sqlite3", "statistics", "yaml"):
        (tmp_path / f"{name}.py").write_text(f"OWN = True\nprint('{name} ran')\n")
    return tmp_path


@pytest.mark.parametrize(
    "text",
    [TRAINING + ITS_OWN, pytest.param(TRAINING, marks=pytest.mark.whole)],
    ids=["asked for", "not"],
)
@pytest.mark.parametrize(
    "start",
    [["-m", "backtrace"], pytest.param(["-c", COMMAND], marks=pytest.mark.whole)],
    ids=["-m", "command"],
)
def test_a_script_gets_what_stands_beside_it_and_we_do_not(folder, text, start):
    (folder / "train.py").write_text(text)
    bare, traced = _run(folder, "train.py"), _run(folder, *start, "run", "-o", "a", "train.py")
    assert bare.returncode == traced.returncode == 0, traced.stderr
    assert bare.stdout == traced.stdout and (folder / "a").exists()
    assert "2 updates" in traced.stderr and "No findings" in traced.stderr


def _run(folder, *words):
    return subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True, timeout=240,
        check=False,
    )  # fmt: skip


def test_ours_are_imported_among_ours(folder, monkeypatch):
    real, before = importlib.import_module("statistics"), dict(sys.modules)
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    with ModulesApart(str(folder)) as apart:
        own = importlib.import_module("statistics")
        assert own.OWN and own is not real
        with apart.ours(), apart.ours():
            assert sys.modules["statistics"] is real and str(folder) not in sys.path
        assert sys.modules["statistics"] is own and sys.path[0] == str(folder)
        monkeypatch.delitem(sys.modules, "backtrace.show.numbers", raising=False)
        importlib.import_module("backtrace.show.numbers")
        assert sys.modules["statistics"] is own
    lost = {name for name, module in before.items() if sys.modules.get(name) is not module}
    assert lost <= {"backtrace.show.numbers"}  # which is put back when the test is over


def test_nothing_is_touched_where_nothing_is_hidden(tmp_path):
    before, finders = dict(sys.modules), list(sys.meta_path)
    with ModulesApart(str(tmp_path)) as apart, apart.ours():
        assert sys.modules == before and sys.meta_path == finders
