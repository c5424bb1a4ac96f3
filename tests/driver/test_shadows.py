"""Files beside a script that hide modules of others, and what may begin with those imported."""

from __future__ import annotations

import pytest

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
