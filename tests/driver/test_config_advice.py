"""What is found in a config's run is said of the config, by key and line."""

from __future__ import annotations

import pytest

from backtrace.config.load import load_config
from backtrace.driver.config_advice import advise
from backtrace.driver.sources.config import run_config
from backtrace.driver.view import RunPlan, RunResult, View

CONFIG = """\
model:
  - Linear(2, 3)
  - ReLU
  - Linear(3, 1)
loss: MSELoss
optimizer: {type: SGD, lr: 0.01}
data: {source: random, input: [8, 2], target: [8, 1]}
loop:
  updates: 30
  zero_grad: false
"""


class Seen(View):
    """Keeps the plan and the result."""

    def start(self, plan: RunPlan) -> None:
        self.plan = plan

    def finish(self, result: RunResult) -> None:
        self.result = result


def seen(path, text, *overrides):
    path.write_text(text)
    view = Seen()
    run_config(load_config(path, overrides), [view], ignore=())
    return view


def finding(view, code):
    return next(each for each in view.result.diagnosis.findings if each.code == code)


def test_the_key_is_named_with_its_place(tmp_path):
    found = finding(seen(tmp_path / "mine.yaml", CONFIG), "BT101")
    assert found.where.endswith("mine.yaml:10:3")
    assert found.fix == "write `loop.zero_grad: true`"


def test_what_was_overridden_is_named_as_it_was_typed(tmp_path):
    text = CONFIG.replace("  zero_grad: false\n", "")
    found = finding(seen(tmp_path / "mine.yaml", text, ("loop.zero_grad", "false")), "BT101")
    assert found.where == "--set loop.zero_grad"


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        (("lr: 0.01", "lr: 90.0"), "BT506", 6),
        (("Linear(3, 1)", "Linear(3, 1)\n  - Softmax(dim=1)"), "BT411", 1),
    ],
)
def test_no_finding_points_at_our_loop(tmp_path, change, code, line):
    view = seen(tmp_path / "mine.yaml", CONFIG.replace("false", "true").replace(*change))
    findings = view.result.diagnosis.findings
    assert findings and not any("loop.py" in f"{each.where}{each.fix}" for each in findings)
    places = [each.where for each in findings if each.code.startswith(code)]
    assert places and f"mine.yaml:{line}:" in places[0]


def test_a_trace_says_the_same_without_the_file(tmp_path):
    view = seen(tmp_path / "mine.yaml", CONFIG)
    raw = view.result.diagnosis
    again = advise(
        type(raw)(tuple(type(each)(each.code, each.pattern, each.severity, each.message, each.fix,
                                   each.update, "loop.py:51") for each in raw.findings)),
        view.plan.header,
    )  # fmt: skip
    assert [each.where for each in again.findings if each.code == "BT101"] == [
        f"{tmp_path}/mine.yaml:10:3"
    ]


def test_a_script_that_is_called_loop_keeps_its_lines(tmp_path):
    view = seen(tmp_path / "mine.yaml", CONFIG)
    found = view.result.diagnosis
    plain = type(view.plan.header)(target="loop.py")
    assert advise(found, plain) is found
