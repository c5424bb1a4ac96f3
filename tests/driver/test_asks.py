"""What is asked of an update of a script: right numbers, and the script runs as it would."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout

import pytest
import torch
from asked_scripts import SCRIPTS, START
from torch import nn

from backtrace.config.load import load_config
from backtrace.driver.asks import (
    AskedScript,
    ExplainQuestion,
    explain_config,
    explain_script,
    graph_script,
    verify_script,
)
from backtrace.driver.script import Program, run_as_main
from backtrace.errors import UsageError
from backtrace.explain.live.given_input import NOT_COMPUTED


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """Write a script, and have it asked: `ask(text)(function, …)` gives what that returns."""
    main, path, state = sys.modules["__main__"], sys.path[:], torch.get_rng_state()
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.chdir(tmp_path)

    def write(text):
        (tmp_path / "train.py").write_text(START + text)
        program = Program("train.py")

        def run(function, *question):
            errors = io.StringIO()
            with redirect_stdout(io.StringIO()) as out:
                result = function(AskedScript(program, errors), *question)
            return result, out.getvalue()

        return run

    yield write
    sys.modules["__main__"], sys.path[:] = main, path
    torch.set_rng_state(state)


def run_bare(text):
    with redirect_stdout(io.StringIO()) as out:
        run_as_main(Program("train.py"))
    return out.getvalue()


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_gradient_is_derived_and_the_bits_stay(ask, name):
    run = ask(SCRIPTS[name])
    bare = run_bare(name).splitlines()
    (code, found), out = run(verify_script, (), 2)
    assert code == 0
    assert out.splitlines() == bare[: len(out.splitlines())]
    assert len(out.splitlines()) >= 1
    assert found.missing == ()
    assert {check.verdict for check in found.checks} == {"two agree"}
    (code, (derivation, *others)), again = run(explain_script, ExplainQuestion(update=3))
    assert (code, others) == (0, [])
    assert again.splitlines() == bare[: len(again.splitlines())]
    assert derivation.gap.is_explained
    assert derivation.grad is not None
    assert all(link.where.startswith("train.py:") for link in derivation.links)
    assert torch.is_anomaly_enabled() is False


def test_the_derivation_is_of_the_optimizer_that_steps_what_is_asked_for(ask):
    run = ask(SCRIPTS["gan"])
    (_, (d,)), _ = run(explain_script, ExplainQuestion(("D.2.bias",), update=2))
    assert [part.name for part in d.parts] == ["backward 1", "backward 2"]
    for part in d.parts:
        assert part.by_hand.values == pytest.approx(part.seen.values, rel=1e-5)
    (_, (g,)), _ = run(explain_script, ExplainQuestion(("G.2.bias",), update=2))
    assert [part.name for part in g.parts] == ["this batch"]
    assert g.step.receipt is not None


def test_accumulated_and_clipped(ask):
    run = ask(SCRIPTS["transformer"])
    (_, found), _ = run(explain_script, ExplainQuestion(("blocks.*.out.bias",), update=2))
    assert [each.param for each in found] == ["blocks.0.out.bias", "blocks.1.out.bias"]
    for each in found:
        assert [part.name for part in each.parts] == ["backward 1", "backward 2"]
        assert each.gap.is_explained
        (clipping,) = each.rescalings
        assert clipping.norm is not None
        assert clipping.after.norm == pytest.approx(
            clipping.before.norm * 0.1 / clipping.norm, rel=1e-4
        )


def test_each_call_that_rescales_has_its_own_line(ask):
    text = """
net = nn.Linear(3, 2)
sgd = torch.optim.SGD(net.parameters(), 0.1)
scaler = torch.amp.GradScaler("cpu", init_scale=256.0)
for _ in range(2):
    sgd.zero_grad()
    scaler.scale(net(torch.ones(4, 3)).square().sum()).backward()
    scaler.unscale_(sgd)
    nn.utils.clip_grad_norm_(net.parameters(), 0.5)
    scaler.step(sgd)
    scaler.update()
"""
    (_, (found,)), _ = ask(text)(explain_script, ExplainQuestion(("weight",), update=2))
    unscaled, clipped = found.rescalings
    assert (unscaled.call, unscaled.limit, clipped.call) == ("unscale_", None, "clip_grad_norm_")
    assert unscaled.factor == pytest.approx(1 / 256)
    assert unscaled.after == clipped.before
    assert clipped.norm * clipped.factor == pytest.approx(0.5, rel=1e-4)
    assert unscaled.before.norm == pytest.approx(found.grad.norm)
    change = 0.1 * found.grad.norm / 256 * clipped.factor
    assert found.step.change.norm == pytest.approx(change, rel=1e-4)


def test_one_element(ask):
    run = ask(SCRIPTS["plain"])
    (_, (found,)), _ = run(explain_script, ExplainQuestion(at="w[-1]", update=1))
    element = found.element
    assert (found.param, element.index, element.count) == ("w", (2,), 20)
    torch.manual_seed(0)
    w, x = torch.randn(3), torch.randn(20, 3)
    y = x @ torch.tensor([1.0, 2, 3]) + 0.5
    products = 2 / 20 * (x @ w - y) * x[:, 2]
    assert element.total == pytest.approx(float(products.double().sum()), rel=1e-5)
    assert element.terms[0].value == pytest.approx(
        float(products[products.abs().argmax()]), rel=1e-5
    )
    assert element.seen == pytest.approx(element.total, rel=1e-5)


def test_the_gradient_of_an_input(ask):
    text = """
net = nn.Linear(3, 2)
x = torch.ones(4, 3, requires_grad=True)
net(x).square().sum().backward()
torch.optim.SGD(net.parameters(), 0.1).step()
"""
    (_, (found,)), _ = ask(text)(explain_script, ExplainQuestion(at="x[1,2]"))
    torch.manual_seed(0)
    net = nn.Linear(3, 2)
    slope = (2 * net(torch.ones(4, 3)) @ net.weight).detach()
    assert found.by_hand.values == pytest.approx(slope.flatten().tolist(), rel=1e-5)
    assert found.element.total == pytest.approx(float(slope[1, 2]), rel=1e-5)
    assert found.element.count == 2


def test_a_config_is_asked_alike():
    loaded = load_config("linear", [])
    (found,) = explain_config(loaded, ExplainQuestion(at="input[2,0]"))
    assert found.element.total == pytest.approx(2 / 3 * (0.1651 - 3.5) * -0.2505, rel=1e-5)
    both = explain_config(loaded, ExplainQuestion(("fc.*",)))
    assert [(each.param, each.element) for each in both] == [("fc.weight", None), ("fc.bias", None)]


def test_the_graphs_of_an_update(ask):
    run = ask(SCRIPTS["gan"])
    (_, found), _ = run(graph_script, 1)
    assert [facts.chain[-2:] for facts in found] == [("BCEWithLogitsLoss", "loss")] * 2
    assert {name for node in found[0].nodes for name in node.names} == {
        "D.0.weight", "D.0.bias", "D.2.weight", "D.2.bias",
    }  # fmt: skip
    assert {each.name: each.reason for each in found[0].missing} == dict.fromkeys(
        ["G.0.weight", "G.0.bias", "G.2.weight", "G.2.bias"], "unknown"
    )
    kept = {each.name for node in found[0].nodes for each in node.kept if each.name}
    assert kept == {"D.2.weight"}
    assert all(node.where for node in found[0].nodes if not node.is_leaf)


OWN_FUNCTION = """
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * x

first, last = nn.Linear(3, 4), nn.Linear(4, 1)
sgd = torch.optim.SGD([*first.parameters(), *last.parameters()], 0.1)
hidden = Square.apply(first(torch.randn(5, 3)))
HOOK
loss = last(hidden).square().mean()
loss.backward()
sgd.step()
"""


def test_what_is_not_derived_is_named_and_the_rest_checked(ask):
    (_, found), _ = ask(OWN_FUNCTION.replace("HOOK", ""))(verify_script, (), 1)
    (missing,) = found.missing
    assert missing.reason == "it is a function of the program's own"
    assert "train.py:" in missing.name
    assert [check.verdict for check in found.checks] == ["two agree"] * 4
    assert found.agrees


def test_a_hook_that_changes_a_gradient_is_found(ask):
    hook = "hidden.register_hook(lambda grad: 2 * grad)"
    (_, found), _ = ask(OWN_FUNCTION.replace("HOOK", hook))(verify_script, (), 1)
    (wrong,) = [check for check in found.checks if check.verdict == "disagree"]
    assert wrong.name.startswith("output of Square train.py:")
    assert not found.agrees


@pytest.mark.parametrize(
    ("text", "question", "said"),
    [
        ("", ExplainQuestion(), "no update of train.py was seen"),
        (SCRIPTS["plain"], ExplainQuestion(update=99), "--update 99: train.py took 3 updates"),
        (SCRIPTS["plain"], ExplainQuestion(("nope",)), "it came to w, b"),
        ("", ExplainQuestion(at="w"), "--at w: name an element with its index"),
        (SCRIPTS["plain"], ExplainQuestion(at="w[3]"), "--at w[3]: its shape is (3,)"),
        (SCRIPTS["plain"], ExplainQuestion(at="w[0,0]"), "--at w[0, 0]: its shape is (3,)"),
    ],
)
def test_mistakes(ask, text, question, said):
    with pytest.raises(UsageError) as error:
        ask(text)(explain_script, question)
    assert said in str(error.value)


def test_a_script_that_fails_first_says_so_itself(ask, capsys):
    (code, found), _ = ask("raise ValueError('boom')")(explain_script, ExplainQuestion())
    assert (code, found) == (1, [])
    assert "ValueError: boom" in capsys.readouterr().err


def test_the_script_is_stopped_with_its_own_cleanup(ask):
    text = "try:\n" + "\n".join(f"    {line}" for line in SCRIPTS["plain"].splitlines())
    (code, _), out = ask(text + "\nfinally:\n    print('cleanup')")(graph_script, 1)
    assert code == 0
    assert out.splitlines()[-1] == "cleanup"
    assert len(out.splitlines()) <= 3


def test_rows_of_a_script_are_those_of_all_its_backwards(ask):
    text = """
net = nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 1))
sgd = torch.optim.SGD(net.parameters(), 0.1)
x = torch.randn(2, 5, 4)
for i in range(3):
    for j in range(2):
        (net(x[j]).square().mean() / 2).backward()
    sgd.step()
    sgd.zero_grad()
"""
    (_, (found,)), _ = ask(text)(
        explain_script, ExplainQuestion(("0.weight",), update=2, rows=True)
    )
    rows = found.rows
    assert rows.micro_batches == 2 and len(rows.rows) == 10
    assert rows.gap is not None and rows.gap.is_explained
    assert sum(row.share for row in rows.rows) == pytest.approx(1)
    (_, (found,)), _ = ask(SCRIPTS["transformer"])(
        explain_script, ExplainQuestion(("tokens.weight",), rows=True)
    )
    assert len(found.rows.rows) == 6 and found.rows.gap.is_explained
    (_, (found,)), _ = ask(SCRIPTS["half"])(
        explain_script, ExplainQuestion(("0.weight",), rows=True)
    )
    assert found.rows.means.startswith("|∂L/∂y|") and len(found.rows.rows) == 7


def test_an_input_that_asks_for_no_gradient_is_derived_by_hand(ask):
    text = """
net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Tanh(), nn.Flatten(), nn.Linear(8, 1))
sgd = torch.optim.SGD(net.parameters(), 0.1)
for i in range(3):
    x = torch.randn(3, 1, 4, 4)
    loss = net(x).square().mean()
    sgd.zero_grad()
    loss.backward()
    sgd.step()
    tell(loss, *net.parameters())
"""
    run = ask(text)
    bare = run_bare(text).splitlines()
    (_, (found,)), out = run(explain_script, ExplainQuestion(("input",), update=2))
    assert out.splitlines() == bare[:1]  # the same bits, and then it is over
    assert found.by_hand is not None and found.grad is None and found.shape == (3, 1, 4, 4)
    assert found.notes[0] == NOT_COMPUTED and "torch's backward of Convolution" in found.notes[1]
    (code, verified), _ = run(verify_script, ("input",), 2)
    assert code == 0 and NOT_COMPUTED in verified.notes
    assert [(each.name, each.verdict) for each in verified.checks] == [("input", "two agree")]
    halved = text.replace(
        "sgd =", "half = net.register_forward_pre_hook(lambda m, x: x[0] / 2)\nsgd ="
    )
    with pytest.raises(UsageError, match="must be given the input itself"):
        ask(halved)(explain_script, ExplainQuestion(("input",)))


BY_HAND = """
model = nn.Linear(2, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(2):
    opt.zero_grad()
    loss = LOSS
    loss.backward()
    opt.step()
"""


def test_a_loss_written_by_hand_is_told_with_what_it_was_taken_of(ask):
    own = BY_HAND.replace("LOSS", "(model(torch.ones(3, 2)) - torch.ones(3, 1)).pow(2).mean()")
    (_, (found,)), _ = ask(own)(explain_script, ExplainQuestion())
    assert [each.symbol for each in found.links[0].factors] == ["ŷ = the model's output"]
    assert len(found.links[0].factors[0].numbers.values) == 3
    known = BY_HAND.replace(
        "LOSS", "nn.functional.mse_loss(model(torch.ones(3, 2)), torch.ones(3, 1))"
    )
    (_, (found,)), _ = ask(known)(explain_script, ExplainQuestion())
    assert "ŷ = the model's output" not in [each.symbol for each in found.links[0].factors]


def test_integers_are_said_to_have_no_gradient(ask):
    text = """
net = nn.Embedding(5, 2)
net(torch.tensor([1, 3])).sum().backward()
torch.optim.SGD(net.parameters(), 0.1).step()
"""
    with pytest.raises(UsageError, match="no model was given a floating-point tensor"):
        ask(text)(explain_script, ExplainQuestion(("input",)))
