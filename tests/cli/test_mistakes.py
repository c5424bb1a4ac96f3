"""A user's mistake is told in words: exit code 2, nothing on stdout, never a traceback."""

from __future__ import annotations

import os

import pytest


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("run linaer", "did you mean `linear`"),
        ("run lenet.yml", "did you mean `lenet`"),
        ("run no/such/file.yaml", "no such file"),
        ("run linear --format xml", "'json'"),
        ("run linear --device bogus", "no such device: bogus cpu is always there"),
        ("run linear --device bogus", "error: --device bogus: no such"),
        ("compare linear --dtype flot32", "error: --dtype flot32: the text"),
        ("run linear --device a --set loop.device=b", "error: --set loop.device: no"),
        ("run linear --updates 99", "--updates 99: the training has 4 updates"),
        ("compare linear --lr 2x --updates 5-", "--updates 5-: the training has 4 updates"),
        ("run notes.ipynb", "a notebook, not a config"),
        ("configs --show linaer", "no bundled config of that name did you mean `linear`?"),
        ("configs --copy linaer", "no bundled config of that name did you mean `linear`?"),
        ("help runn", "did you mean `run`"),
        ("init a.yaml --from trian.py", "error: trian.py: there is no such file"),
        ("init no/a.yaml", "error: no/a.yaml: cannot be written: No such file or directory"),
        ("run linear --dtype int8", "float32"),
        ("run linear --accumulate 0", "--accumulate"),
        ("run linear --accumulate two", "--accumulate"),
        ("run linear --limit 0", "--limit"),
        ("run linear --epochs 0", "--epochs"),
        ("run linear --seed -1", "--seed"),
        ("run linear --seed 99999999999999999999999", "seed"),
        ("run linear --values -1", "--values"),
        ("run linear --updates 0", "numbers from 1 up"),
        ("run linear --updates 3-1", "ends before it begins"),
        ("run linear --updates one", "numbers from 1 up"),
        ("run linear --updates 1,,2", "numbers from 1 up"),
        ("run linear --set optimizer.lr", "KEY=VALUE"),
        ("run linear --set =0.1", "KEY=VALUE"),
        ("run linear --set optimizer.lr=fast", "optimizer"),
        ("run linear --set optimizer.lr=-1", "Invalid learning rate"),
        ("run linear --set optimizer.momentun=0.9", "momentum"),
        ("run linear --set optimzer.lr=0.1", "did you mean"),
        ("run linear --set loop.updates=x", "error: --set loop.updates: the text"),
        ("run linear --set loop.updates=0", "at least 1"),
        ("run linear --set model.0.type=Linea", "did you mean Linear"),
        ("run linear --set model.0.args=[2,1]", "shape"),
        ("run linear --set loss.loss.loss.type=MSE", "MSELoss"),
        ("run cifar10", "cifar-10-binary.tar.gz"),
        ("run --limit 1", "target"),
        ("run linear --limit 0", "it must be at least 1"),
        ("run linear --limit x", "a whole number belongs here"),
        ("run linear --values 9999", "it must be at most 4096"),
        ("compare linear --rtol x", "a number belongs here"),
        ("run linear small_net", "small_net"),
        ("run linear --nope", "--nope"),
        ("frobnicate", "frobnicate"),
        ("compare small_net", "no `compare` section"),
        ("compare linear small_net --no-zero-grad", "either several configs"),
        ("compare linear --rtol -1", "--rtol"),
        ("compare linear --format md", "--format"),
        ("compare cifar10 --no-zero-grad", "cifar-10-binary.tar.gz"),
        ("compare nope", "no such file"),
    ],
)
def test_a_mistake_is_told(refused, command, said):
    told = refused(command)
    assert said in told and "Value error" not in told and "Input should" not in told
    assert "[Errno" not in told


def test_a_copy_that_cannot_be_written_is_told(refused, tmp_path):
    (tmp_path / "linear.yaml").mkdir()
    said = refused("configs", "--copy", "linear", "--force")
    assert said.startswith("error: linear.yaml: cannot be written: ") and "[Errno" not in said


def test_the_script_that_may_have_been_meant_is_named(refused, tmp_path):
    (tmp_path / "train.py").write_text("")
    assert "did you mean `train.py`?" in refused("init", "a.yaml", "--from", "trian.py")


def test_an_empty_choice_of_updates_is_a_mistake(refused):
    assert "numbers from 1 up" in refused("run", "linear", "--updates", "")


def test_a_folder_is_no_config(refused, tmp_path):
    assert "a folder" in refused("run", str(tmp_path))


def test_an_empty_name_is_no_folder(refused):
    assert "a folder" not in refused("run", "")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"model: [", "bad.yaml:1"),
        (b"model: [Linear(1, 1)]\n\tloss: MSELoss\n", "bad.yaml:2"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"", "bad.yaml"),
        (b"- 1\n- 2\n", "bad.yaml:1"),
        (b"model: [Linear(1, 1)]\nloss: MSELoss\n", "optimizer"),
        (b"model: &a [*a]\n", "bad.yaml:1"),
        (b"model: !!python/object/apply:os.system ['true']\n", "bad.yaml:1"),
    ],
)
def test_a_bad_file_is_told_with_its_line(refused, tmp_path, content, said):
    (tmp_path / "bad.yaml").write_bytes(content)
    assert said in refused("run", "bad.yaml")


def test_every_problem_at_once_each_with_its_place(refused, tmp_path):
    (tmp_path / "bad.yaml").write_text(
        "model:\n  - Linear(1, 1)\nloss: MSELoss\noptimzer: {type: SGD, lr: 0.1}\n"
        "data: {source: random, input: [4, 1], target: [4, 1]}\nloop: {updates: many}\n"
    )
    said = refused("run", "bad.yaml")
    assert "bad.yaml:4:1" in said and "did you mean `optimizer`" in said
    assert "bad.yaml:6:" in said and "loop.updates" in said


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("Linaer(4, 1)", "did you mean Linear"),
        ("Linear(4, 1, 1, 1, 1, 1)", "Linear"),
        ("Linear(5, 1)", "shape (8, 4)"),
    ],
)
def test_what_torch_refuses_is_told_with_its_line(refused, tmp_path, model, said):
    (tmp_path / "bad.yaml").write_text(
        f"model:\n  - {model}\nloss: MSELoss\noptimizer: SGD(lr=0.1)\n"
        "data: {source: random, input: [8, 4], target: [8, 1]}\n"
    )
    text = refused("run", "bad.yaml")
    assert said in text and "bad.yaml:2:" in text


def test_a_model_too_large_is_refused_before_it_is_made(refused, tmp_path):
    (tmp_path / "bad.yaml").write_text(
        "model:\n  - Linear(99999999, 99999999)\nloss: MSELoss\noptimizer: SGD(lr=0.1)\n"
        "data: {source: random, input: [8, 4], target: [8, 1]}\n"
    )
    text = refused("run", "bad.yaml")
    assert "PiB" in text and "are available" in text and "bad.yaml:1:1" in text


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(refused, tmp_path):
    (tmp_path / "mine.yaml").write_text("model: []")
    (tmp_path / "mine.yaml").chmod(0)
    assert "cannot be read" in refused("run", "mine.yaml")


def test_a_data_file_that_is_missing(refused, tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "model:\n  - Linear(1, 1)\nloss: MSELoss\noptimizer: SGD(lr=0.1)\n"
        "data: {source: csv, path: rows.csv, input: [a], target: b}\n"
    )
    assert "rows.csv" in refused("run", "mine.yaml")


@pytest.mark.parametrize("flag", [[], ["--format", "json"], ["--format", "jsonl"]])
def test_stdout_stays_clean_whatever_the_format(refused, flag):
    refused("run", "linear", "--set", "optimizer.lr=fast", *flag)


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["compare", "-h"], ["--version"]])
def test_help_is_no_mistake(cli, words):
    result = cli(*words)
    assert result.code == 0 and result.out and not result.err
