"""What a verdict names: calls, settings, shapes, None and numbers that are not finite."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_runs import run_here as backtrace

from backtrace.compare.plan import plan_variants
from backtrace.compare.sentence import give_verdict
from backtrace.compare.table import comparison_table
from backtrace.compare.trials import Trials, run_trials
from backtrace.language import using_language

DENSE = """\
model: ["Linear(3, 1)"]
loss: MSELoss
optimizer: {type: SGD, lr: 0.05}
data: {source: random, input: [20, 3], target: [20, 1], batch_size: 5}
loop: {epochs: 2}
"""
CONVOLUTION = """\
model: ["Conv2d(1, 1, 2)", Flatten, "Linear(4, 1)"]
loss: MSELoss
optimizer: {type: SGD, lr: 0.1}
data: {source: values, input: [[[[1, 2, 0], [0.5, -1, 1], [2, 0.3, -1]]]], target: [[0.5]]}
loop: {updates: 3}
"""
NAN = """\
model: ["Linear(1, 1)"]
loss: MSELoss
optimizer: {type: SGD, lr: 0.01}
data: {source: values, input: [[1], [.nan]], target: [[1], [2]]}
loop: {updates: 3}
"""


@pytest.fixture
def configs(tmp_path: Path) -> Path:
    for name, text in (("dense", DENSE), ("convolution", CONVOLUTION), ("nan", NAN)):
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def trials(*targets: object, **changes: str) -> Trials:
    typed = [(key.replace("__", "."), value) for key, value in changes.items()]
    return run_trials(plan_variants([str(target) for target in targets], [], typed))


def verdict(*targets: object, **changes: str) -> str:
    (found,) = trials(*targets, **changes).comparisons
    return give_verdict(found)


def test_runs_of_fewer_updates_than_the_baseline():
    text = verdict("linear", loop__zero_grad="false", loop__updates="2")
    assert "from update 2 on .grad holds the sum of all earlier gradients. " in text
    assert "Beside linear, the norm of fc.weight's .grad is 2.12× at update 2." in text
    assert "linear has 4 updates and" in text
    assert "loop.updates 4 against 2, loop.zero_grad true against false" in text


def test_whichever_run_carries_its_gradients_is_named():
    named = plan_variants(["linear"], [], [("loop.zero_grad", "false")])
    (found,) = run_trials(named[::-1]).comparisons
    assert give_verdict(found).startswith("no zero_grad: from update 2 on")


def test_an_epoch_too_short_to_accumulate_is_said():
    text = verdict("linear", loop__accumulate="3")
    assert "has loop.accumulate 3, but no update has more than 1 backward" in text


def test_not_finite_comes_before_identical(configs):
    text = verdict(configs / "nan.yaml", optimizer__lr="0.1")
    assert text.index("not finite from update 1 on") < text.index("identical")
    assert "NaN counts as equal to NaN" in text and "lr 0.01 against 0.1" in text


def test_other_shapes_have_nothing_in_common(configs):
    (found,) = trials(configs / "dense.yaml", configs / "convolution.yaml").comparisons
    text = give_verdict(found)
    assert "value of 0.weight, nothing in common: shape (1, 3) against (1, 1, 2, 2)" in text
    assert [(each.parameter, each.base) for each in found.shapes] == [("0.weight", (1, 3))]
    assert "‖" not in text and all(value == value for value in found.growth)
    table = printed(comparison_table(found, lambda _: True))
    (line,) = [each for each in table if "0.weight" in each][:1]
    assert "nothing in common" in line and "‖" not in line
    with using_language("zh"):
        text = "\n".join(printed(comparison_table(found, lambda _: True)))
    assert all(word in text for word in ("更新", "参数", "差", "比值", "没有可比之处"))


def printed(renderable: object) -> list[str]:
    from rich.console import Console

    console = Console(width=200)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get().splitlines()


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("loss", "L1Loss", "loss"),
        ("loss", "{type: MSELoss, reduction: sum}", "loss"),
        ("data.batch_size", "10", "data.batch_size"),
        ("loop.accumulate", "2", "loop.accumulate"),
        ("data.input.shape", "[20, 3]", None),
        ("loop.seed", "1", "loop.seed"),
        ("optimizer.lr", "0.1", None),
    ],
)
def test_losses_of_another_meaning_do_not_compare(configs, key, value, named):
    named_configs = plan_variants([str(configs / "dense.yaml")], [], [(key, value)])
    (found,) = run_trials(named_configs).comparisons
    text = give_verdict(found)
    assert (f"They do not compare: the runs differ in {named}." in text) is (named is not None)


def test_averaging_is_told_too(configs):
    path = configs / "averaged.yaml"
    path.write_text(DENSE.replace("epochs: 2", "epochs: 2, accumulate: 2"))
    assert "the runs differ in loop.average." in verdict(path, loop__average="false")


CLIPPING = """\
import sys, torch
torch.manual_seed(0)
model = torch.nn.Linear(4, 1)
chosen = [model.weight] if "part" in sys.argv else model.parameters()
optimizer = torch.optim.SGD(chosen, lr=.01)
x = torch.randn(32, 4)
for _ in range(3):
    optimizer.zero_grad()
    torch.nn.functional.mse_loss(model(x), 10 * x.sum(1, keepdim=True)).backward()
    if "clip" in sys.argv:
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
"""


def test_of_scripts_calls_none_and_optimizers_are_said(tmp_path):
    (tmp_path / "train.py").write_text(CLIPPING)
    for name in ("plain", "clip", "part"):
        done = backtrace("run", "-o", f"{name}.trace", "train.py", name, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    done = backtrace("diff", "plain.trace", "clip.trace", cwd=tmp_path, COLUMNS="400")
    assert done.returncode == 1
    assert "parts from plain.trace at update 1, clip_grad_norm_: .grad of weight" in done.stdout
    assert "clip_grad_norm_ ran only in clip.trace; zero_grad → forward →" in done.stdout
    done = backtrace("diff", "part.trace", "plain.trace", cwd=tmp_path, COLUMNS="400")
    assert "At update 2, zero_grad: .grad is None in plain.trace only, of bias." in done.stdout
    assert "optimizer[0].parameters weight against weight, bias" in done.stdout
    assert "not finite" not in done.stdout
