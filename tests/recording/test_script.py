"""Scripts of every kind run under the instrument, unchanged, and train to the same bits."""

from __future__ import annotations

import ast
import importlib.util
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from textwrap import dedent

import pytest
from script_runs import SCRIPTS, Seen, as_it_was, run_bare, run_traced

from backtrace.driver.script import Program, TorchWatch, is_script, run_as_main
from backtrace.errors import ScriptError
from backtrace.ledger.books import worst
from backtrace.ledger.events import StepSkipped, Unseen

ONE = "optimizer[0]"
# What each script's updates are: their optimizers, and how often each steps.
STEPS = {
    "accumulation": {ONE: 3},
    "amp": {ONE: 3},
    "by_hand": {"by hand": 4},
    "checkpoint": {ONE: 3, "optimizer[1]": 3},
    "compiled": {ONE: 3},
    "ema": {ONE: 4},
    "functional": {},
    "gan": {ONE: 4, "optimizer[1]": 4},
    "lbfgs": {ONE: 3},
    "plain": {ONE: 12},
    "several": {ONE: 3, "optimizer[1]": 4, "optimizer[2]": 4},
    "trainer_class": {ONE: 6},
    "workers": {ONE: 4},
}


def test_every_script_is_run():
    assert {path.stem for path in SCRIPTS.glob("*.py")} == set(STEPS)


@pytest.mark.parametrize("name", STEPS)
def test_a_script_trains_and_prints_as_without_us(name):
    path = SCRIPTS / f"{name}.py"
    bare = run_bare(path)
    seen = run_traced(path)
    assert (seen.code, seen.err) == (0, "")
    assert seen.out == bare
    assert len(bare.splitlines()[-1]) == 64  # the digest of all parameters
    balance = worst(b for u in seen.updates for b in (u.grad_books, u.value_books))
    assert balance.is_balanced
    steps = [optimizer for optimizer, _ in seen.complete()]
    assert {each: steps.count(each) for each in steps} == STEPS[name]


@pytest.mark.parametrize("name", sorted({*STEPS} - {"compiled"}))
def test_everything_is_recorded(name):
    unseen = [e for e in run_traced(SCRIPTS / f"{name}.py").events if isinstance(e, Unseen)]
    assert unseen == []


def test_every_call_is_placed_in_the_script():
    path = SCRIPTS / "trainer_class.py"
    lines = {"zero_grad": 0, "backward": 0, "step": 0}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr in lines:
            lines[node.attr] = lines[node.attr] or node.lineno
    update = run_traced(path).updates[1]
    for name, line in lines.items():
        calls = [call for call in update.calls if call.name == name]
        assert [call.where.rpartition("/")[2] for call in calls] == [f"trainer_class.py:{line}"]


def test_a_skipped_step_is_told_of():
    skipped = [e for e in run_traced(SCRIPTS / "amp.py").events if isinstance(e, StepSkipped)]
    assert len(skipped) == 1 and "not finite" in skipped[0].reason


# -- a limit ------------------------------------------------------------------------------------


def test_a_limit_ends_the_script_cleanly():
    path = SCRIPTS / "plain.py"
    seen = run_traced(path, limit=5)
    assert seen.code == 0 and not seen.interrupted
    assert seen.complete() == [(ONE, n) for n in range(1, 6)]
    assert seen.out == "".join(run_bare(path).splitlines(keepends=True)[:1])


def test_a_limit_counts_the_optimizer_with_the_most_updates():
    assert len(run_traced(SCRIPTS / "gan.py", limit=2).complete()) == 3


@pytest.fixture
def script(tmp_path, monkeypatch):
    """Write a script, which finds a model and an optimizer ready, and return its path."""
    monkeypatch.chdir(tmp_path)
    opening = """\
    import sys
    import torch
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    def update():
        optimizer.zero_grad()
        model(torch.ones(1, 2)).sum().backward()
        optimizer.step()
    """

    def write(body: str, name: str = "train.py") -> Path:
        Path(name).write_text(dedent(opening) + dedent(body))
        return Path(name)

    return write


def test_a_limit_runs_the_scripts_finally(script):
    path = script("""
    try:
        while True:
            update()
    except Exception:
        print("an exception")
    finally:
        torch.save(model.state_dict(), "model.pt")
        print("saved")
    """)
    seen = run_traced(path, limit=3)
    assert (seen.code, seen.out, len(seen.updates)) == (0, "saved\n", 3)


def test_a_limit_ends_a_script_that_catches_everything(script):
    path = script("""
    for _ in range(10):
        try:
            update()
        except BaseException:
            print("caught")
    """)
    assert run_traced(path, limit=8).out == "caught\n" * 3


# -- how a script ends --------------------------------------------------------------------------


def test_an_exception_is_shown_without_our_frames(script):
    path = script("""
    update()
    def fail():
        model(torch.ones(1, 3))
    try:
        torch.tensor([1.0]).backward()
    except RuntimeError:
        fail()
    """)
    seen = run_traced(path)
    assert seen.code == 1 and seen.interrupted and len(seen.complete()) == 1
    assert "During handling of the above exception" in seen.err
    assert "mat1 and mat2 shapes cannot be multiplied" in seen.err
    line = 1 + path.read_text().splitlines().index("    model(torch.ones(1, 3))")
    assert f'train.py", line {line}, in fail' in seen.err
    package = str(Path(sys.modules["backtrace"].__file__).parent)
    assert package not in seen.err


@pytest.mark.parametrize(
    ("ending", "code", "err"),
    [
        ("sys.exit()", 0, ""),
        ("sys.exit(7)", 7, ""),
        ("sys.exit('it went wrong')", 1, "it went wrong\n"),
        ("raise SystemExit(0)", 0, ""),
    ],
)
def test_the_exit_code_is_the_scripts(script, ending, code, err):
    seen = run_traced(script(f"update()\n{ending}"))
    assert (seen.code, seen.err, seen.interrupted) == (code, err, False)
    assert len(seen.updates) == 1


def test_ctrl_c_leaves_what_was_seen(script):
    path = script("""
    import signal
    update()
    update()
    signal.raise_signal(signal.SIGINT)
    update()
    """)
    seen = run_traced(path)
    assert seen.code == 130 and seen.interrupted
    assert len(seen.complete()) == 2
    assert seen.err.startswith("Traceback") and seen.err.endswith("KeyboardInterrupt\n")
    assert "interrupts.py" not in seen.err


def test_a_syntax_error_is_pythons(tmp_path):
    path = tmp_path / "train.py"
    path.write_text("x = = 3\n")
    seen = run_traced(path)
    assert seen.code == 1
    assert "line 1\n    x = = 3\n" in seen.err and "SyntaxError: invalid syntax" in seen.err
    assert "Traceback" not in seen.err


def test_a_view_that_fails_does_not_end_the_training(script):
    class Failing(Seen):
        def take_update(self, update):
            raise OSError("no space left")

    seen = run_traced(script("update(); update(); print('trained')"), view=Failing())
    assert (seen.code, seen.out) == (0, "trained\n")
    assert seen.err == "backtrace: what was seen could not be shown any more: no space left\n"


# -- what a script finds ------------------------------------------------------------------------


def test_a_script_is_main_with_its_own_arguments_and_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("sub").mkdir()
    Path("sub/beside.py").write_text("word = 'found'\n")
    Path("sub/train.py").write_text(
        dedent("""
        import pickle, sys
        import beside
        class Own: pass
        print(__name__, __file__, __spec__, __package__, sys.argv, sys.path[0], beside.word)
        print(sys.modules["__main__"].__dict__ is globals(), __builtins__.__name__)
        print(type(pickle.loads(pickle.dumps(Own()))) is Own)
        """)
    )
    out = run_bare("sub/train.py", ["--lr", "0.1"]).splitlines()
    folder = tmp_path / "sub"
    arguments = "['sub/train.py', '--lr', '0.1']"
    assert out[0] == f"__main__ {folder}/train.py None None {arguments} {folder} found"
    assert out[1:] == ["True builtins", "True"]


def test_a_module_runs_as_after_python_m(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    package = tmp_path / "some_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text("from some_package import train\n")
    body = "import sys\nprint(__name__, __package__, sys.argv[1:], sys.path[0])\n"
    (package / "train.py").write_text(body)
    with as_it_was():
        seen = run_traced("some_package.train", ["-x"], module=True)
        assert seen.out == f"__main__ some_package ['-x'] {tmp_path}\n"
        sys.modules.pop("some_package", None)
    seen = run_traced("some_package", module=True)
    assert seen.out == f"some_package.train some_package [] {tmp_path}\n"


@pytest.mark.parametrize("name", ["nowhere", "nowhere.train", "json.nowhere", "train.py", "email"])
def test_a_module_that_cannot_be_run_is_told(name):
    with pytest.raises(ScriptError, match=name), as_it_was():
        run_as_main(Program(name, is_module=True))


def test_torch_is_watched_from_its_import_on(monkeypatch):
    began = []
    with TorchWatch(lambda: began.append("at once")):
        assert began == ["at once"]
    torch = sys.modules["torch"]
    monkeypatch.delitem(sys.modules, "torch")
    finders = sys.meta_path[:]
    monkeypatch.setattr(SourceFileLoader, "exec_module", lambda loader, module: None)
    with TorchWatch(lambda: began.append("later")) as watch:
        assert sys.meta_path == [watch, *finders] and began == ["at once"]
        assert watch.find_spec("json", None) is None
        spec = watch.find_spec("torch", None)
        assert spec is not None and spec.name == "torch"
        assert importlib.util.find_spec("torch") is not None  # whoever only asks imports nothing
        assert sys.meta_path == [watch, *finders] and began == ["at once"]
        importlib.util.find_spec("torch").loader.exec_module(torch)
        assert sys.meta_path == finders and began == ["at once", "later"]
        spec.loader.exec_module(torch)
        assert began == ["at once", "later"]
    assert sys.meta_path == finders


def test_what_is_a_script_and_what_a_config(tmp_path):
    tool = tmp_path / "tool"
    tool.write_text("#!/usr/bin/env python3\n")
    config = tmp_path / "config"
    config.write_text("model: []\n")
    assert is_script("train.py") and is_script("no/such.py") and is_script(str(tool))
    assert not is_script("linear") and not is_script("x.yaml") and not is_script(str(config))


def test_a_limit_counts_the_updates_that_are_not_read_too(script):
    path = script("""
    for n in range(1, 100):
        print(n)
        update()
    """)
    seen = run_traced(path, limit=15, every=10)
    assert seen.out.split()[-1] == "15" and seen.code == 0
    assert seen.complete() == [(ONE, 1), (ONE, 11)]


def test_a_step_inside_the_step_of_its_child_counts_once(script):
    path = script("""
    class Child(torch.optim.SGD):
        def step(self, closure=None):
            return super().step(closure)

    optimizer = Child(model.parameters(), lr=0.1)
    for n in range(1, 100):
        print(n)
        update()
    """)
    assert run_traced(path, limit=4).out.split()[-1] == "4"


# -- a script that records itself ------------------------------------------------------------------

RECORDS = """\
import hashlib, torch, backtrace.errors
torch.manual_seed(0)
model = torch.nn.Linear(4, 1)
sgd = torch.optim.SGD(model.parameters(), lr=0.1)


def update():
    sgd.zero_grad()
    torch.nn.functional.mse_loss(model(torch.randn(8, 4)), torch.zeros(8, 1)).backward()
    sgd.step()


update()
with backtrace.record(model) as trace:
    update()
    try:
        backtrace.record().start()
    except backtrace.errors.UsageError:
        print("not nested")
    update()
update()
print([[each.value_books.is_balanced, each.calls[-1].where[-8:]] for each in trace.updates])
print(hashlib.sha256(model.weight.detach().numpy().tobytes()).hexdigest())
"""


def test_a_script_that_records_is_recorded_too(tmp_path):
    path = tmp_path / "records.py"
    path.write_text(RECORDS)
    bare, seen = run_bare(path), run_traced(path)
    assert bare.startswith("not nested\n[[True, 'ds.py:10'], [True, 'ds.py:10']]\n")
    assert (seen.code, seen.out, seen.err) == (0, bare, "")
    assert seen.complete() == [(ONE, number) for number in (1, 2, 3, 4)]
    assert worst(b for u in seen.updates for b in (u.grad_books, u.value_books)).is_balanced
