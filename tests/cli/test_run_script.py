"""`backtrace run train.py`: what it prints, and that python would have run it just so."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
import torch
from command_runs import run_here

TRAIN = """
import sys
import torch

torch.manual_seed(0)
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(int(sys.argv[1])):
    optimizer.zero_grad()
    loss = model(torch.ones(4, 2)).pow(2).mean()
    loss.backward()
    optimizer.step()
    print("loss", loss.item())
"""


@pytest.fixture
def train(cli, monkeypatch):
    """Run `train.py`, with our options before it and its own arguments after it."""
    main, path = sys.modules["__main__"], sys.path[:]
    state = torch.get_rng_state()
    Path("train.py").write_text(TRAIN)

    def run(ours="", theirs="3", **env):
        monkeypatch.setenv("COLUMNS", "80")
        return cli(*f"run {ours} train.py {theirs}".split(), **env)

    yield run
    sys.modules["__main__"], sys.path[:] = main, path
    torch.set_rng_state(state)


def numbers(lines):
    """Return the update numbers of the lines that have one."""
    found = [line.split()[0] for line in lines]
    return [int(word) for word in found if word.isdigit()]


def test_a_script_finds_the_excepthook_that_was_there(cli, monkeypatch):
    def hook(*error):
        """Stand for Python's own."""

    monkeypatch.setattr(sys, "excepthook", hook)
    Path("look.py").write_text("import sys; print(sys.excepthook.__qualname__)")
    assert cli("run look.py").out.strip() == hook.__qualname__


# -- what is printed ----------------------------------------------------------------------------


def test_one_line_an_update_on_stderr_and_nothing_of_ours_on_stdout(train):
    result = train()
    assert result.code == 0
    assert [line.split()[0] for line in result.out.splitlines()] == ["loss"] * 3
    lines = result.err.splitlines()
    columns = ["update", "loss", "grad", "norm", "change/value", "of", "books", "where"]
    assert lines[0].split() == columns
    assert lines[1].strip() == "zero_grad → forward → backward → step"
    assert numbers(lines[2:5]) == [1, 2, 3]
    # y = w·1 + b and loss = y², so every element of the gradient is 2y: its norm is 2y·√3.
    loss = float(result.out.split()[1])
    _, shown, norm, _, name, books, where = lines[2].split()
    assert name == "weight"
    assert float(shown) == pytest.approx(loss, rel=1e-4)
    assert float(norm) == pytest.approx(2 * (3 * loss) ** 0.5, rel=1e-4)
    assert (books, where) == ("✓", "train.py:12")
    assert all(len(line) <= 80 for line in lines)
    assert "\x1b" not in result.err
    assert "3 updates" in result.err and "books balanced" in result.err


def test_a_long_run_is_shown_ever_more_sparsely_and_to_its_end(train):
    lines = train(theirs="234").err.splitlines()
    shown = [*range(1, 11), *range(20, 101, 10), 200, 234]
    assert numbers(line for line in lines if "train.py:12" in line) == shown


def test_of_a_sampled_run_what_was_read_is_shown(train):
    lines = train("--every 10", theirs="45").err.splitlines()
    assert numbers(line for line in lines if "train.py:12" in line) == [1, 11, 21, 31, 41]


def test_a_wide_terminal_has_room_for_the_name_of_what_changed_most(train, cli, monkeypatch):
    Path("train.py").write_text(TRAIN)
    monkeypatch.setenv("COLUMNS", "130")
    lines = cli("run", "train.py", "1", COLUMNS="130").err.splitlines()
    assert lines[2].split()[4] in {"weight", "bias"}


def test_tables_are_shown_when_asked_for(train):
    result = train("--updates 2")
    assert "update 2 · SGD, lr 0.1" in result.err and "update 1" not in result.err
    assert "weight" in result.err and "before + added = after" in result.err
    only = train("--param bias").err
    assert "update 1 " in only and "bias" in only and "weight" not in only


def test_a_limit_ends_it(train):
    result = train("--limit 4", theirs="1000000")
    assert result.code == 0
    assert result.out.count("loss") == 3
    assert "4 updates" in result.err


def test_documents_go_to_stderr_whole(train):
    document = json.loads(train("--format json").err)
    assert [update["index"] for update in document["updates"]] == [1, 2, 3]
    assert document["header"]["target"] == "train.py"
    assert document["header"]["command"] == "backtrace run --format json train.py 3"
    events = [json.loads(line)["event"] for line in train("--format jsonl").err.splitlines()]
    assert events[0] == "Header" and events.count("StepTaken") == 3


def test_a_script_without_torch_is_just_run(cli, tmp_path):
    Path("hello.py").write_text("import sys\nprint('hello', sys.argv)\nsys.exit(3)\n")
    result = subprocess.run(
        [sys.executable, "-m", "backtrace", "run", "hello.py", "--help", "--limit", "2"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 3
    assert result.stdout == "hello ['hello.py', '--help', '--limit', '2']\n"
    assert "torch was never imported" in result.stderr and "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise ValueError('no data')", "the program ended before it imported torch"),
        ("import sys\ndel sys.meta_path[0]\nimport torch", "past Python's import system"),
    ],
)
def test_what_was_not_watched_is_told_and_leaves_a_whole_file(cli, tmp_path, text, said):
    Path("early.py").write_text(text + "\n")
    result = subprocess.run(
        [sys.executable, "-m", "backtrace", "run", "--json", "early.json", "early.py"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == ("raise" in text) and said in result.stderr
    assert json.loads(Path("early.json").read_text())["updates"] == []


def test_a_script_that_asks_for_torch_before_it_imports_it_is_watched(train):
    Path("train.py").write_text(
        "import importlib.util\nimportlib.util.find_spec('torch')\n" + Path("train.py").read_text()
    )
    assert [update["index"] for update in json.loads(train("--format json").err)["updates"]]


# -- mistakes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("run trian.py", "did you mean `train.py`"),
        ("run linear.py", "`backtrace run linear`"),
        ("run nowhere/train.py", "no such file"),
        ("run folder.py", "a folder, not a script"),
        ("run -m no.such.module", "no module of that name"),
        ("run -m train.py", "without -m it is a script"),
        ("run --epochs 3 train.py", "--epochs: it changes the loop of a config"),
        ("run --set loop.lr=1 --epochs 3 train.py", "--epochs, --set: they change"),
        ("run --device cpu -m train", "--device"),
        ("run --lr fast train.py", "'fast' is not a number"),
        ("run --lr 0.1x --lr 2x train.py", "lr is given more than once"),
        ("run --limit 0 train.py", "--limit"),
        ("run --updates 0 train.py", "numbers from 1 up"),
    ],
)
def test_a_mistake_is_told(train, refused, words, said):
    Path("folder.py").mkdir()
    assert said in refused(*words.split())


# -- as python would ----------------------------------------------------------------------------


def both(folder, *words, **options):
    """Run a script by python and by us, each in a process of its own."""
    env = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "NO_COLOR", "FORCE_COLOR"}}
    known = {"cwd": folder, "capture_output": True, "env": env} | options
    ours = [sys.executable, "-m", "backtrace", "run", *words]
    return [
        subprocess.run(command, check=False, **known)
        for command in ([sys.executable, *words], ours)
    ]


HARD = """
import gc, os, pickle, sys, threading
import torch
from torch.utils.data import DataLoader, Dataset

class Numbers(Dataset):
    def __len__(self):
        return 4
    def __getitem__(self, i):
        return torch.full((2,), float(i))

def square(x):
    return x * x

if __name__ == "__main__":
    print(sys.argv, sys.path[0], __file__, __spec__ and __spec__.name, torch.get_num_threads())
    print(gc.get_threshold(), gc.isenabled())
    sys.stdout.buffer.write(b"\\xff\\x00bytes\\n")
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x in DataLoader(Numbers(), batch_size=2, num_workers=1, multiprocessing_context="spawn"):
        model(x).sum().backward()
        optimizer.step()
        print(x.tolist())
    print(type(pickle.loads(pickle.dumps(Numbers()))) is Numbers)
    if os.fork() == 0:
        print("in the child")
        sys.exit(5)
    os.wait()
    threading.Thread(target=lambda: print("a thread that outlives the script")).start()
    import atexit
    atexit.register(lambda: print("at exit", square(3), model.weight.shape))
    raise KeyError("the end")
"""


@pytest.mark.whole
@pytest.mark.skipif(not hasattr(os, "fork"), reason="os.fork is not there")
def test_a_script_that_does_everything_does_the_same(tmp_path):
    (tmp_path / "hard.py").write_text(HARD)
    env = {**os.environ, "OMP_NUM_THREADS": "2"}
    bare, ours = both(tmp_path, "hard.py", "a", "--b", env=env)
    assert bare.returncode == ours.returncode == 1, ours.stderr.decode()
    assert ours.stdout == bare.stdout
    before, traceback, after = ours.stderr.partition(bare.stderr)
    assert traceback and b"hard.py:23" in before
    assert after.count(b"interrupted: 2 updates") == 1


@pytest.mark.parametrize(
    ("ending", "code"), [("os._exit(9)", 9), ("sys.exit(300)", 44), ("sys.exit(-1)", 255)]
)
def test_the_exit_code_of_a_process(tmp_path, ending, code):
    (tmp_path / "end.py").write_text(f"import os, sys\nprint('x', flush=True)\n{ending}\n")
    bare, ours = both(tmp_path, "end.py")
    assert (bare.returncode, bare.stdout) == (ours.returncode, ours.stdout) == (code, b"x\n")


def test_the_environment_that_torch_reads_can_be_set_by_the_script(tmp_path):
    body = 'import os\nos.environ["OMP_NUM_THREADS"] = "1"\nimport torch\n'
    (tmp_path / "threads.py").write_text(body + "print(torch.get_num_threads())\n")
    env = {k: v for k, v in os.environ.items() if k != "OMP_NUM_THREADS"}
    words = [sys.executable, "-m", "backtrace", "run", "threads.py"]
    ours = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, check=False)
    assert ours.stdout == b"1\n"


@pytest.mark.usefixtures("warm_processes")
def test_ctrl_c_in_a_script(tmp_path):
    body = """
    import time, torch
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    print("ready", flush=True)
    time.sleep(60)
    """
    (tmp_path / "slow.py").write_text(dedent(body))
    words = [sys.executable, "-m", "backtrace", "run", "slow.py"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, cwd=tmp_path, **pipes) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert process.returncode == 130
    assert 'slow.py", line ' in err and "KeyboardInterrupt" in err
    assert "interrupted: 1 update" in err and "backtrace/" not in err


# -- our options after the script ----------------------------------------------------------------


def test_an_option_of_ours_after_the_script_is_pointed_out(train):
    result = train("", "3 --limit 2 -o run.trace")
    assert result.code == 0 and not Path("run.trace").exists()
    said = "backtrace: --limit, -o stand after train.py and were given to it"
    assert result.err.startswith(said)


def test_the_command_that_was_meant_is_told(monkeypatch, train):
    words = "run --notes train.py 3 --limit=2 --all -o a.trace --own 4"
    monkeypatch.setattr(sys, "argv", ["backtrace", *words.split()])
    meant = "\n    backtrace run --notes --limit=2 --all -o a.trace train.py 3 --own 4\n"
    assert meant in train("--notes", "3 --limit=2 --all -o a.trace --own 4").err


def test_an_option_that_the_script_names_is_its_own(train):
    Path("own.py").write_text("# takes --limit N\n")
    assert "stands after" not in train("own.py --limit 2").err
    assert "stands after" not in train("--limit 2").err


def test_a_document_in_a_file_leaves_both_streams_alone(tmp_path):
    script = tmp_path / "train.py"
    script.write_text(
        "import torch\nnet = torch.nn.Linear(1, 1)\n"
        "sgd = torch.optim.SGD(net.parameters(), lr=0.1)\n"
        "net(torch.ones(1, 1)).sum().backward()\nsgd.step()\nprint('done')\n"
    )
    done = run_here("run", "--json", "run.json", "train.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "done\n")
    assert "1 update" in done.stderr
    document = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert len(document["updates"]) == 1
    again = run_here("run", "--json", "run.json", "train.py", cwd=tmp_path)
    assert again.returncode == 2
    assert "--force overwrites it" in again.stderr
