"""Finding, loading, locating; variants; what the loader costs to import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from config_examples import CUSTOM, FULL, SMALL, load_text, place, problems_of

from backtrace.config import bundled
from backtrace.config.load import LoadedConfig, load_config
from backtrace.errors import ConfigError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of bundled configs, and an empty one to work in."""
    configs = tmp_path / "bundled"
    (configs / "more").mkdir(parents=True)
    (configs / "linear.yaml").write_text("# One weight. And more\n" + SMALL)
    (configs / "more" / "deep.yaml").write_text(SMALL)
    (configs / "notes.txt").write_text("no config")
    monkeypatch.setattr(bundled, "bundled_folder", lambda: configs)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return configs


def _mistake(target: str | Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(target)
    return str(caught.value)


def test_bundled_configs_have_names(folder: Path) -> None:
    assert bundled.bundled_names() == ["linear", "more/deep"]
    assert bundled.find_bundled("linear") == folder / "linear.yaml"
    assert bundled.find_bundled("more/deep.yaml") == folder / "more" / "deep.yaml"
    assert bundled.find_bundled("notes") is None
    assert bundled.find_bundled("../bundled/linear") is None
    assert load_config("linear").folder == folder
    assert load_config("more/deep").path == folder / "more" / "deep.yaml"


def test_a_file_goes_before_a_bundled_name(folder: Path) -> None:
    Path("linear").mkdir()
    assert load_config("linear").path == folder / "linear.yaml"
    Path("linear").rmdir()
    Path("linear").write_text(SMALL)
    assert load_config("linear").path == Path("linear")


@pytest.mark.parametrize("target", ["linaer", "linaer.yaml", Path("linaer.yaml"), "Linear"])
def test_a_near_miss(folder: Path, target: str | Path) -> None:
    told = _mistake(target)
    assert told.startswith(f"{target}: no such file in {Path.cwd()}")
    assert "did you mean `linear`?" in told


def test_what_cannot_be_read(folder: Path) -> None:
    assert "no config was named" in _mistake("")
    assert "a folder" in _mistake(folder)
    assert "linear.yaml" in _mistake(folder)
    assert "a folder" in _mistake(".")
    for odd in ("\0", "x" * 5000, "a\nb", "no/such/file.yaml"):
        assert _mistake(odd)
    secret = Path("secret.yaml")
    secret.symlink_to("secret.yaml")
    assert _mistake(secret)


def test_an_endless_file_ends() -> None:
    if Path("/dev/zero").exists():
        assert "bytes" in _mistake("/dev/zero")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("# One weight. And more\nmodel:\n", "One weight."),
        ("\n#  A title\n# over two lines.\n# More.\n", "A title over two lines."),
        ("# No full stop\n\n# Other\n", "No full stop"),
        ("# lr is 0.5 here. Yes\n", "lr is 0.5 here."),
        ("model: # x\n", ""),
        ("", ""),
    ],
)
def test_the_opening_comment(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    assert bundled.describe(path) == sentence


def _there(loaded: LoadedConfig, key: str) -> str:
    """Return the text that begins where a key is located."""
    line, column = loaded.locate(key).rsplit(":", 2)[1:]
    return loaded.text.splitlines()[int(line) - 1][int(column) - 1 :]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("model", "model:"),
        ("model.0", "fc: Linear(4, 8)"),
        ("model.0.type", "fc: Linear(4, 8)"),
        ("model.0.kwargs.bias", "fc: Linear(4, 8)"),
        ("model.1.type", "ReLU"),
        ("model.2.type", "type: Linear"),
        ("model.2.kwargs.bias", "bias: false"),
        ("model.3.kwargs.p", "p: 0.5}"),
        ("model.99", "model:"),
        ("init.fc.weight", "fc.weight: xavier"),
        ("init.fc.weight.kwargs.gain", "fc.weight: xavier"),
        ("init.head.weight.kwargs.std", "std: 0.1}"),
        ("loss.l1.loss.type", "loss: SmoothL1Loss"),
        ("loss.mse.loss.type", "mse: MSELoss"),
        ("optimizer.lr", "lr: 1e-3"),
        ("optimizer.groups.0.kwargs.weight_decay", "weight_decay: 0"),
        ("optimizer.momentum", "optimizer:"),
        ("data.input.shape.0", "12, 4]"),
        ("data.target.shape.1", "2]"),
        ("compare.fast.optimizer.lr", "optimizer.lr: 0.1"),
        ("nothing", "# Two losses"),
    ],
)
def test_locate(key: str, text: str) -> None:
    assert _there(load_text(FULL), key).startswith(text)


def test_locate_an_override() -> None:
    loaded = load_text(FULL, [("model.fc.bias", "no"), ("clip", "null"), ("loop.threads", "1")])
    assert loaded.locate("model.0.kwargs.bias") == "--set model.fc.bias"
    assert loaded.locate("clip.norm") == "--set clip"
    assert loaded.locate("loop.threads") == "--set loop.threads"
    assert _there(loaded, "model.0") == "fc: Linear(4, 8)"
    assert _there(load_text(CUSTOM), "model.kwargs.hidden") == "hidden: 8"


def test_what_is_loaded_knows_where_from(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(SMALL)
    loaded = load_config(path, [("loop.seed", "1")])
    assert (loaded.path, loaded.folder, loaded.text) == (path, tmp_path, SMALL)
    assert loaded.overrides == (("loop.seed", "1"),)
    assert loaded.locate("model").startswith(f"{path}:1:")


VARIANTS = [
    ("{a: {optimizer.lr: x}}", None, ""),
    ("{a: {}}", "compare.a", "no changes"),
    ("{a: 3}", "compare.a", "the number 3"),
    ("{a: {model.7.bias: no}}", "compare.a.model.7.bias", "no `7`"),
    ("{a: {optimzer.lr: 1}}", "compare.a.optimzer.lr", "not a key"),
    ("{a: {loop.epochs: 0}}", "compare.a.loop.epochs", "the number 0"),
    ("{a: {loop: {epochs: 0}}}", "compare.a.loop", "in epochs: the number 0"),
    ("{a: {optimizer: SGD(1)}}", "compare.a.optimizer", "the argument 1"),
    ("{a: {data.input: [[1], [2]]}}", "compare.a.data.input", "input has 2 rows"),
    ("{a: {compare.b: 1}}", "compare.a.compare.b", "a variant of a variant"),
    ("{a: {loop..x: 1}}", "compare.a.loop..x", "empty part"),
]


@pytest.mark.parametrize(("variants", "key", "found"), VARIANTS)
def test_variants_are_checked(variants: str, key: str | None, found: str) -> None:
    problems = problems_of(SMALL + f"compare: {variants}\n")
    if key is None:
        assert not problems
        return
    (problem,) = problems
    assert problem.key == key
    assert found in problem.found
    assert place(problem)[0] == 5


def test_variants_have_a_limit() -> None:
    lines = "".join(f"  v{at}: {{optimizer.lr: {at}}}\n" for at in range(40))
    (problem,) = problems_of(SMALL + "compare:\n" + lines)
    assert "40 variants" in problem.found


def test_the_loader_does_without_torch() -> None:
    modules = "backtrace.config.load, backtrace.config.json_schema"
    code = f"import sys, {modules}; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_folder_that_is_not_there_is_no_bundled_config(folder: Path) -> None:
    assert "did you mean" not in _mistake("linaer/")
