"""The history of a number, held to the same training done by hand, and to what is typed for it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
import torch
from command_runs import run_here
from rich.cells import cell_len
from test_docs import is_printed
from torch import nn

import backtrace
from backtrace.errors import UsageError
from backtrace.explain.history.asked_number import find_number
from backtrace.explain.history.number_history import NumberHistory
from backtrace.ledger.events import ParameterSeen
from backtrace.show.json.history import history_to_dict
from backtrace.show.text.history import history_lines
from backtrace.show.why import find_history
from backtrace.tracefile import open_trace

RATE, MOMENTUM, LIMIT = 0.1, 0.9, 0.25
AT = (0, 3)


def make_net() -> tuple[nn.Sequential, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)).double()
    return net, torch.randn(8, 3).double(), torch.randn(8, 1).double()


def losses(net: nn.Module, x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    out = net(x)
    return nn.functional.mse_loss(out, y) / 2, 0.5 * nn.functional.l1_loss(out, y) / 2


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three updates of two micro-batches each, of a mix of losses, clipped, with momentum."""
    path = tmp_path_factory.mktemp("why") / "run.trace"
    net, x, y = make_net()
    sgd = torch.optim.SGD(net.parameters(), lr=RATE, momentum=MOMENTUM, weight_decay=0.01)
    with backtrace.record(net, sgd, file=path, receipt=True, by_term=True):
        for _ in range(3):
            sgd.zero_grad()
            for rows in (slice(0, 4), slice(4, 8)):
                mse, l1 = losses(net, x[rows], y[rows])
                backtrace.note_loss(mse + l1, mse=mse, l1=l1)
                (mse + l1).backward()
            nn.utils.clip_grad_norm_(net.parameters(), LIMIT)
            sgd.step()
    return path


def by_hand() -> list[dict[str, float]]:
    """Return, of each update, every number of one element that its history tells."""
    net, x, y = make_net()
    parameters = list(net.parameters())
    buffers = [torch.zeros_like(each) for each in parameters]
    told = []
    for update in range(3):
        parts = {}
        total = [torch.zeros_like(each) for each in parameters]
        for batch, rows in enumerate((slice(0, 4), slice(4, 8))):
            for term, loss in zip(("mse", "l1"), losses(net, x[rows], y[rows]), strict=True):
                grads = torch.autograd.grad(loss, parameters, retain_graph=True)
                parts[f"{term}{batch}"] = grads[2][AT].item()
                total = [a + b for a, b in zip(total, grads, strict=True)]
        norm = torch.sqrt(sum((each**2).sum() for each in total))
        factor = min(1.0, LIMIT / (norm.item() + 1e-6))
        clipped = [each * factor for each in total]
        before = parameters[2][AT].item()
        with torch.no_grad():
            for at, (p, g) in enumerate(zip(parameters, clipped, strict=True)):
                d = g + 0.01 * p
                was = buffers[at][AT].item() if at == 2 else 0.0
                buffers[at] = MOMENTUM * buffers[at] + d if update else d.clone()
                if at == 2:
                    terms = (-RATE * g[AT].item(), -RATE * MOMENTUM * was)
                p.sub_(RATE * buffers[at])
        told.append(
            {
                **parts,
                "before": before,
                "after": parameters[2][AT].item(),
                "sum": total[2][AT].item(),
                "factor": factor,
                "clipped": clipped[2][AT].item(),
                "gradient": terms[0],
                "momentum": terms[1],
            }
        )
    return told


def find(path: Path, text: str, **options: object) -> NumberHistory:
    with open_trace(path) as trace:
        found = find_history(trace, text, **options)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_every_number_is_that_of_the_training_by_hand(recorded):
    history = find(recorded, "2.weight[0,3]", back=3)
    told = by_hand()
    assert [update.number for update in history.updates] == [3, 2, 1]
    for update, hand in zip(history.updates, reversed(told), strict=True):
        links = [*update.links]
        calls = [type(link.write.event).__name__ for link in links]
        assert calls[:6] == [
            "StepTaken", "StepTaken", "GradsRescaled", "BackwardRan", "BackwardRan", "GradsZeroed",
        ]  # fmt: skip
        step, read, clip, second, first, _ = links[:6]
        assert step.before.number == pytest.approx(hand["before"], rel=1e-12)
        assert step.after.number == pytest.approx(hand["after"], rel=1e-12)
        assert step.by.number == pytest.approx(hand["after"] - hand["before"], rel=1e-9)
        assert read.after.number == pytest.approx(hand["clipped"], rel=1e-12)
        assert clip.before.number == pytest.approx(hand["sum"], rel=1e-12)
        assert clip.factor == pytest.approx(hand["factor"], rel=1e-9)
        for batch, link in enumerate((first, second)):
            assert (link.number, link.count) == (batch + 1, 2)
            for term in ("mse", "l1"):
                assert link.terms[term].number == pytest.approx(hand[f"{term}{batch}"], rel=1e-9)
            whole = hand[f"mse{batch}"] + hand[f"l1{batch}"]
            assert link.by.number == pytest.approx(whole, rel=1e-12)
        assert first.before is None
        terms = step.receipt.terms
        assert terms["gradient"].values[3] == pytest.approx(hand["gradient"], rel=1e-9)
        if hand["momentum"]:
            assert terms["momentum"].values[3] == pytest.approx(hand["momentum"], rel=1e-9)
    assert history.amount.number == pytest.approx(told[2]["after"], rel=1e-12)
    assert history.rest is None  # it goes back to where the weight was first seen


def test_what_an_update_found_is_what_the_one_before_left(recorded):
    for number in (2, 3):
        history = find(recorded, "2.weight[0,1]", update=str(number))
        earlier = find(recorded, "2.weight[0,1]", update=str(number - 1))
        assert history.rest == earlier.amount == history.updates[0].links[0].before
        writer = history.rest_writer
        assert (writer.update, type(writer.event).__name__) == (number - 1, "StepTaken")
        assert history.writer.update == number


def test_a_gradient_begins_where_it_was_cleared(recorded):
    history = find(recorded, "2.weight.grad[0,3]", back=5)
    assert [update.number for update in history.updates] == [3]
    assert history.amount.number == pytest.approx(by_hand()[2]["clipped"], rel=1e-12)
    calls = [type(link.write.event).__name__ for link in history.updates[0].links]
    assert calls == ["StepTaken", "GradsRescaled", "BackwardRan", "BackwardRan", "GradsZeroed"]
    assert type(history.writer.event).__name__ == "GradsRescaled"
    assert history.rest is None and history.rest_writer is None


def test_where_elements_were_not_kept_norms_stand_for_them(recorded, tmp_path):
    net, x, y = make_net()
    sgd = torch.optim.SGD(net.parameters(), lr=RATE)
    with backtrace.record(net, sgd, file=tmp_path / "few.trace", values=2):
        for _ in range(2):
            losses(net, x, y)[0].backward()
            sgd.step()
    history = find(tmp_path / "few.trace", "2.weight[0,3]")
    norm = net[2].weight.detach().norm().item()
    assert history.amount.is_norm and history.amount.number == pytest.approx(norm, rel=1e-12)
    text = "\n".join(line.text for line in history_lines(history, 120))
    assert "its elements were not kept (record with --values 4)" in text
    # It was never cleared, so what the step read goes back to the update before.
    assert history.updates[0].left_by.update == 1
    assert "never cleared: .grad held what backward of update 1 left" in text
    back = find(tmp_path / "few.trace", "2.weight.grad", back=2)
    assert [len(update.links) for update in back.updates] == [2, 2]
    whole = find(tmp_path / "few.trace", "2.bias.grad", back=2)
    added = [link.by.number for update in whole.updates for link in update.links if link.by]
    assert whole.amount.number == pytest.approx(sum(added), rel=1e-12)
    assert whole.amount.number == pytest.approx(net[2].bias.grad.item(), rel=1e-12)


def test_the_first_update_that_is_not_finite(tmp_path):
    weight = nn.Parameter(torch.tensor([1.0, 2.0, 3.0]))
    sgd = torch.optim.SGD([weight], lr=0.1)
    with backtrace.record(weight=weight, file=tmp_path / "nan.trace"):
        for update in range(1, 7):
            sgd.zero_grad()
            factor = torch.tensor([1.0, float("inf") if update == 4 else 1.0, 1.0])
            (weight * factor).sum().backward()
            sgd.step()
    path = tmp_path / "nan.trace"
    history = find(path, "weight[1]", until_nonfinite=True)
    assert history.updates[0].number == 4
    odd = [link for link in history.updates[0].links if link.begins_nonfinite]
    assert type(odd[-1].write.event).__name__ == "BackwardRan"
    assert find(path, "weight.grad", until_nonfinite=True).updates[0].number == 4
    with open_trace(path) as trace:
        assert find_history(trace, "weight[0]", until_nonfinite=True) is None
    said = [run_here("why", "nan.trace", *words.split(), cwd=tmp_path).stdout for words in (
        "weight[1] --until first-nonfinite", "weight[0] --until first-nonfinite", "weight[1]",
    )]  # fmt: skip
    assert said[0].startswith("weight[1] is not finite for the first time in update 4: -inf\n")
    assert "not finite from here on" in said[0]
    assert said[1] == "weight[0] is finite in every update\n"
    assert "--until first-nonfinite goes to where that began" in said[2]


def test_a_gradient_that_was_cleared_again_is_found_where_it_was_not_finite(tmp_path):
    """A GradScaler skips the step, and the next zero_grad takes the infinite gradient away."""
    weight = nn.Parameter(torch.tensor([1.0, 2.0]))
    sgd, scaler = torch.optim.SGD([weight], lr=0.1), torch.amp.GradScaler("cpu", init_scale=4.0)
    with backtrace.record(weight=weight, file=tmp_path / "run.trace"):
        for update in range(4):
            sgd.zero_grad()
            scaler.scale(weight.sum() * (float("inf") if update == 1 else 1.0)).backward()
            scaler.step(sgd)
            scaler.update()
    history = find(tmp_path / "run.trace", "weight.grad[0]", until_nonfinite=True)
    assert [type(link.write.event).__name__ for link in history.updates[0].links] == [
        "BackwardRan", "GradsZeroed",
    ]  # fmt: skip
    assert history.updates[0].number == 2 and history.amount.number == float("inf")
    text = run_here("why", "run.trace", "weight[0]", "--update", "2", cwd=tmp_path).stdout
    assert "step skipped: the GradScaler found" in text and "scaled by" in text
    assert "not finite" not in text.partition("step skipped")[0]


def test_after_the_last_step_a_value_is_that_of_the_update_before(tmp_path):
    weight = nn.Parameter(torch.tensor([1.0, 2.0]))
    sgd = torch.optim.SGD([weight], lr=0.1)
    with backtrace.record(weight=weight, file=tmp_path / "run.trace"):
        for update in range(3):
            sgd.zero_grad()
            weight.sum().backward()
            if update < 2:
                sgd.step()
    assert find(tmp_path / "run.trace", "weight[0]").updates[0].number == 2
    left = find(tmp_path / "run.trace", "weight.grad[0]")
    assert left.updates[0].number == 3 and left.updates[0].step is None
    assert find(tmp_path / "run.trace", "weight[0]", update="3").writer.update == 2


def test_a_tensor_that_had_another_shape_then(tmp_path):
    net = nn.Linear(2, 1)
    sgd = torch.optim.SGD(net.parameters(), lr=0.1)
    with backtrace.record(net, sgd, file=tmp_path / "run.trace"):
        for rows in (3, 1, 2):
            x = torch.arange(2.0 * rows).reshape(rows, 2).requires_grad_()
            backtrace.watch(x=x)
            sgd.zero_grad()
            net(x).sum().backward()
            sgd.step()
    assert find(tmp_path / "run.trace", "x[1,1]", update="1").amount.number == 3
    assert find(tmp_path / "run.trace", "x[1,0]").amount.number == 2
    with pytest.raises(UsageError, match=r"x had shape \(1, 2\) at update 2"):
        find(tmp_path / "run.trace", "x[1,1]", update="2")


def test_what_a_plain_step_made_of_the_gradient_is_told_only_where_it_did(tmp_path):
    for name, options in {"plain": {}, "momentum": {"momentum": 0.9}}.items():
        weight = nn.Parameter(torch.tensor([1.0, 2.0]))
        sgd = torch.optim.SGD([weight], lr=0.1, **options)
        with backtrace.record(weight=weight, file=tmp_path / f"{name}.trace"):
            for _ in range(2):
                sgd.zero_grad()
                (weight**2).sum().backward()
                sgd.step()
    step = find(tmp_path / "plain.trace", "weight[1]").updates[0].links[0]
    assert step.plain.lr == 0.1 and step.plain.grad == pytest.approx(2 * step.before.number)
    assert find(tmp_path / "momentum.trace", "weight[1]").updates[0].links[0].plain is None


def test_values_that_no_step_wrote(tmp_path):
    net, frozen = nn.Linear(2, 1), nn.Linear(2, 2).requires_grad_(False)
    model = nn.Sequential(frozen, net)
    state = {name: torch.ones_like(each) for name, each in model.state_dict().items()}
    sgd = torch.optim.SGD(net.parameters(), lr=0.1)
    with backtrace.record(model, sgd, file=tmp_path / "run.trace"):
        for update in range(3):
            sgd.zero_grad()
            model(torch.ones(1, 2)).sum().backward()
            sgd.step()
            if update == 0:
                model.load_state_dict(state)
    history = find(tmp_path / "run.trace", "1.weight[0,1]", update="2")
    loaded = history.updates[0].links[-1]
    assert loaded.write.led_by[0].target == "model" and loaded.after.number == 1
    text = run_here("why", "run.trace", "0.weight[1,1]", cwd=tmp_path).stdout
    assert "last written by load_state_dict of model at update 2" in text
    assert "requires_grad is False" in text and "no call of this update wrote its value" in text
    text = run_here("why", "run.trace", "0.weight[1,1]", "--update", "2", cwd=tmp_path).stdout
    assert "last written by load_state_dict of model at update 2" in text


SEEN = {
    name: ParameterSeen(
        index=0, elapsed=0.0, name=name, shape=shape, dtype="float32", device="cpu",
        requires_grad=True, aliases=aliases,
    )
    for name, shape, aliases in (
        ("fc.weight", (2, 3), ("head.weight",)), ("layers[0]", (4,), ()), ("scale", (), ()),
    )
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name", "account", "index", "offset"),
    [
        ("fc.weight", "fc.weight", "value", None, None),
        ("fc.weight[1,2]", "fc.weight", "value", (1, 2), 5),
        (" fc.weight.grad[ 1 , -3 ] ", "fc.weight", "grad", (1, 0), 3),
        ("fc.weight[1, -3].grad", "fc.weight", "grad", (1, 0), 3),
        ("head.weight.grad", "fc.weight", "grad", None, None),
        ("layers[0]", "layers[0]", "value", None, None),
        ("layers[0][2]", "layers[0]", "value", (2,), 2),
        ("layers[0].grad[-1]", "layers[0]", "grad", (3,), 3),
        ("scale", "scale", "value", None, 0),
    ],
)
def test_what_can_be_asked_for(text, name, account, index, offset):
    found = find_number(text, SEEN)
    assert (found.name, found.account, found.index, found.offset) == (name, account, index, offset)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fc.wieght[0,0]", "no tensor is called fc.wieght: did you mean fc.weight?"),
        ("q", "there are fc.weight, layers[0], scale"),
        ("fc.weight[0,3]", "has shape (2, 3): its last element is [1,2]"),
        ("fc.weight[-3,0]", "its last element is [1,2]"),
        ("fc.weight[0]", "has shape (2, 3): give 2 indices"),
        ("scale[0]", "has shape (): give no index"),
        ("layers[0][1,1]", "give 1 index"),
    ],
)
def test_mistakes_in_a_name_are_told(text, said):
    with pytest.raises(UsageError) as error:
        find_number(text, SEEN)
    assert said in str(error.value)


def test_the_command_line(recorded):
    where = recorded.parent
    asked = ("why", "run.trace", "2.weight[0,3]")
    done = run_here(*asked, "--update", "2", cwd=where)
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.startswith("2.weight[0,3] after update 2 is ")
    assert "last written by step at update 2 (" in done.stdout
    for words, said in {
        (*asked, "--update", "9"): "run.trace has updates 1–3",
        (*asked, "--update", "1", "--until", "first-nonfinite"): "not with --update",
        ("why", "run.trace", "2.wieght"): "did you mean 2.weight?",
        ("why", "none.trace", "2.weight"): "there is no such file",
    }.items():
        done = run_here(*words, cwd=where)
        assert done.returncode == 2 and said in done.stderr and done.stdout == ""
    document = json.loads(run_here(*asked, "--format", "json", cwd=where).stdout)
    history = find(recorded, "2.weight[0,3]")
    assert document == json.loads(json.dumps(history_to_dict(history)))
    assert document["now"] == {"number": history.amount.number, "is_norm": False}
    assert [link["account"] for link in document["updates"][0]["links"][:2]] == ["value", "grad"]
    table = run_here(*asked, "--format", "md", cwd=where).stdout
    rows = [line for line in table.splitlines() if line.startswith("| ←")]
    assert len(rows) == len(history.updates[0].links)
    assert all(row.replace("\\|", "").count("|") == 7 for row in rows)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_lines_fit_the_width_and_show_the_same_numbers(recorded, width):
    history = find(recorded, "2.weight[0,3]", back=2)
    lines = [line.text for line in history_lines(history, width)]
    assert max(map(cell_len, lines)) <= width
    wide = " ".join(line.text for line in history_lines(history, 200)).split()
    narrow = " ".join(lines).split()
    numbers = {word for word in wide if word.lstrip("+-").replace(".", "").isdecimal()}
    assert numbers <= set(narrow)


def test_the_page_shows_what_is_printed(tmp_path):
    page = (Path(backtrace.__file__).parent.parent / "docs" / "why.md").read_text("utf-8")
    lines = page.partition("```console\n")[2].partition("```")[0].splitlines()
    commands = [line.removeprefix("$ backtrace ") for line in lines if line.startswith("$ ")]
    for command in commands:
        done = run_here(*shlex.split(command), cwd=tmp_path, COLUMNS="100")
        assert done.returncode == 0, done.stderr
    printed = done.stdout.splitlines()
    shown = [line for line in lines[len(commands) :] if line != "⋮"]
    assert [line for line in shown if not is_printed(line, printed)] == []
