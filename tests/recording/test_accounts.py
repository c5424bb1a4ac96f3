"""What each call does to the two accounts, on loops that users write."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import backtrace
from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    ForwardRan,
    GradsRescaled,
    GradsZeroed,
    ParameterSeen,
    StepBegan,
    StepSkipped,
    StepTaken,
    Unseen,
)
from backtrace.show.content.call_line import calls_line

X = torch.tensor([[1.0], [2.0], [3.0]])
Y = torch.tensor([[1.5], [2.5], [3.5]])


def linear(dtype=torch.float32):
    model = nn.Sequential()
    model.add_module("fc", nn.Linear(1, 1, dtype=dtype))
    with torch.no_grad():
        model.fc.weight.fill_(-0.2505)
        model.fc.bias.fill_(0.9166)
    return model


def mlp():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))


def of(trace, kind):
    return [event for event in trace.events if isinstance(event, kind)]


def names(trace):
    plain = [e for e in trace.events if type(e).__module__ == "backtrace.ledger.events"]
    return [type(e).__name__ for e in plain if not isinstance(e, ParameterSeen)]


def assert_in_balance(trace):
    assert not of(trace, Unseen), of(trace, Unseen)
    for update in trace.updates:
        for row in update.rows.values():
            assert row.grad_books.is_balanced, (update.index, row)
            assert row.value_books.is_balanced, (update.index, row)


def test_four_calls_and_their_numbers():
    model = linear()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    x = X.clone().requires_grad_()
    with backtrace.record(model, optimizer) as trace:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), Y).backward()
        optimizer.step()
    expected = ["GradsZeroed", "ForwardRan", "BackwardRan", "StepBegan", "StepTaken"]
    assert names(trace) == expected
    (update,) = trace.updates
    assert update.loss == pytest.approx(5.387224, abs=1e-6)
    weight = update.rows["fc.weight"]
    assert weight.grad_before is None
    assert weight.added[0].values == pytest.approx([-10.004933], abs=1e-5)
    assert weight.grad_after.values == pytest.approx([-10.004933], abs=1e-5)
    assert weight.value_after.values == pytest.approx([-0.150451], abs=1e-6)
    bias = update.rows["fc.bias"]
    assert bias.value_after.values == pytest.approx([0.958288], abs=1e-6)
    row = update.rows["input"]
    assert row.kind == "input"
    assert row.grad_before is None
    assert row.grad_after.values == pytest.approx([0.139261, 0.348095, 0.556928], abs=1e-6)
    assert_in_balance(trace)
    assert all(
        event.where.startswith(__file__) or "test_accounts.py:" in event.where
        for event in trace.events
    )


def test_without_zero_grad_gradients_add_up():
    model = linear()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with backtrace.record(model, optimizer) as trace:
        for _ in range(4):
            nn.functional.mse_loss(model(X), Y).backward()
            optimizer.step()
    second, fourth = trace.updates[1], trace.updates[3]
    assert second.rows["fc.weight"].grad_before.values == pytest.approx([-10.004933], abs=1e-5)
    assert second.rows["fc.weight"].grad_after.values == pytest.approx([-18.909321], abs=1e-5)
    assert fourth.rows["fc.weight"].grad_after.values == pytest.approx([-29.733099], abs=1e-4)
    assert fourth.rows["fc.bias"].value_after.values == pytest.approx([1.264643], abs=1e-5)
    assert fourth.loss == pytest.approx(0.915546, abs=1e-5)
    assert_in_balance(trace)


def test_zeros_are_not_none():
    model = linear()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with backtrace.record(model, optimizer) as trace:
        for _ in range(2):
            optimizer.zero_grad(set_to_none=False)
            nn.functional.mse_loss(model(X), Y).backward()
            optimizer.step()
    first, second = trace.updates
    assert first.rows["fc.weight"].grad_before is None
    assert second.rows["fc.weight"].grad_before.values == (0.0,)
    assert not of(trace, GradsZeroed)[1].set_to_none


def test_grad_set_to_none_by_hand_is_told():
    model = linear()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with backtrace.record(model, optimizer) as trace:
        for _ in range(2):
            for p in model.parameters():
                p.grad = None
            nn.functional.mse_loss(model(X), Y).backward()
            optimizer.step()
    (edit,) = of(trace, Edited)
    assert edit.account == "grad"
    assert edit.entries["fc.weight"].after is None
    assert trace.updates[1].rows["fc.weight"].grad_before is None
    assert [c.name for c in trace.updates[1].calls] == ["edit", "forward", "backward", "step"] or [
        c.name for c in trace.updates[1].calls
    ] == ["forward", "edit", "backward", "step"]
    assert trace.updates[1].notes == (".grad of fc.weight, fc.bias set to None, not by zero_grad",)
    assert "set .grad to None" in calls_line(trace.updates[1].calls)
    assert_in_balance(trace)


@pytest.mark.parametrize("by_name", [False, True])
def test_clipping_by_norm_is_a_rescale(by_name):
    from torch.nn.utils import clip_grad_norm_

    model = linear()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with backtrace.record(model, optimizer) as trace:
        nn.functional.mse_loss(model(X), Y).backward()
        clip = clip_grad_norm_ if by_name else torch.nn.utils.clip_grad_norm_
        clip(model.parameters(), 1.0)
        optimizer.step()
    (rescaled,) = of(trace, GradsRescaled)
    assert rescaled.call == "clip_grad_norm_"
    norm = sum(e.after.norm**2 for e in rescaled.grads.values()) ** 0.5
    assert norm == pytest.approx(1.0, abs=1e-5)
    assert not of(trace, Edited)
    assert trace.updates[0].rows["fc.weight"].grad_after == rescaled.grads["fc.weight"].after
    assert_in_balance(trace)


def test_clipping_by_value_is_a_rescale():
    model = linear()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with backtrace.record(model, optimizer) as trace:
        nn.functional.mse_loss(model(X), Y).backward()
        torch.nn.utils.clip_grad_value_(model.parameters(), 2.0)
        optimizer.step()
    (rescaled,) = of(trace, GradsRescaled)
    assert rescaled.grads["fc.weight"].after.values == (-2.0,)


@pytest.mark.parametrize("how", ["in place", "through .data", "replaced"])
def test_an_edited_gradient_is_found(how):
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        model(torch.randn(5, 4)).sum().backward()
        p = model[0].weight
        if how == "in place":
            p.grad.mul_(0.5)
        elif how == "through .data":
            p.grad.data.mul_(0.5)
        else:
            p.grad = p.grad * 0.5
        optimizer.step()
    (edit,) = of(trace, Edited)
    assert set(edit.entries) == {"0.weight"}
    assert edit.entries["0.weight"].after.norm == pytest.approx(
        edit.entries["0.weight"].before.norm / 2
    )
    assert any("0.weight" in note for note in trace.updates[0].notes)


@pytest.mark.parametrize("how", ["in place", "through .data", "replaced"])
def test_an_edited_value_is_found(how):
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        for _ in range(2):
            optimizer.zero_grad()
            model(torch.randn(5, 4)).sum().backward()
            optimizer.step()
            p = model[2].weight
            if how == "in place":
                with torch.no_grad():
                    p.mul_(0.5)
            elif how == "through .data":
                p.data.mul_(0.5)
            else:
                p.data = p.data * 0.5
    edits = of(trace, Edited)
    assert len(edits) == 2
    assert all(edit.account == "value" and set(edit.entries) == {"2.weight"} for edit in edits)


def test_shared_parameter_has_one_account_and_two_names():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(5, 3)
            self.head = nn.Linear(3, 5, bias=False)
            self.head.weight = self.embed.weight

        def forward(self, x):
            return self.head(self.embed(x))

    model = Tied()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        model(torch.tensor([1, 2])).sum().backward()
        optimizer.step()
    (seen,) = of(trace, ParameterSeen)
    assert (seen.name, seen.aliases) == ("embed.weight", ("head.weight",))
    assert_in_balance(trace)


def test_several_backwards_are_entered_one_by_one():
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        optimizer.zero_grad()
        for _ in range(3):
            (model(torch.randn(5, 4)).pow(2).mean() / 3).backward()
        optimizer.step()
    (update,) = trace.updates
    assert len(update.rows["0.weight"].added) == 3
    assert update.loss == pytest.approx(sum(e.loss for e in of(trace, BackwardRan)))
    assert_in_balance(trace)


def test_a_closure_inside_step():
    model = linear()
    optimizer = torch.optim.LBFGS(model.parameters(), lr=0.1, max_iter=4)
    with backtrace.record(model, optimizer) as trace:

        def closure():
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(X), Y)
            loss.backward()
            return loss

        optimizer.step(closure)
    (update,) = trace.updates
    assert all(call.in_step for call in update.calls[:-1])
    assert update.calls[-1].name == "step" and not update.calls[-1].in_step
    assert not of(trace, Edited)
    assert update.rows["fc.weight"].change.norm > 0
    assert_in_balance(trace)


def test_two_models_and_optimizers_have_ledgers_of_their_own():
    torch.manual_seed(0)
    g, d = nn.Linear(2, 2), nn.Linear(2, 1)
    og, od = torch.optim.Adam(g.parameters(), lr=0.1), torch.optim.SGD(d.parameters(), lr=0.1)
    with backtrace.record(generator=g, discriminator=d, g_opt=og, d_opt=od) as trace:
        for _ in range(2):
            od.zero_grad()
            (d(torch.randn(3, 2)).mean() - d(g(torch.randn(3, 2)).detach()).mean()).backward()
            od.step()
            og.zero_grad()
            (-d(g(torch.randn(3, 2))).mean()).backward()
            og.step()
    updates = trace.updates
    assert [(u.optimizer, u.index) for u in updates] == [
        ("d_opt", 1),
        ("g_opt", 1),
        ("d_opt", 2),
        ("g_opt", 2),
    ]
    assert set(updates[0].rows) == {"discriminator.weight", "discriminator.bias"}
    assert set(updates[1].rows) == {"generator.weight", "generator.bias"}
    # The generator's backward filled the discriminator's gradients; its zero_grad cleared them.
    assert updates[2].rows["discriminator.weight"].grad_before is None
    assert len(updates[2].rows["discriminator.weight"].added) == 1
    assert_in_balance(trace)


def test_two_optimizers_that_step_together_share_the_backward():
    torch.manual_seed(0)
    a, b = nn.Linear(2, 3), nn.Linear(3, 1)
    oa, ob = torch.optim.SGD(a.parameters(), lr=0.1), torch.optim.SGD(b.parameters(), lr=0.1)
    with backtrace.record(a, b, oa, ob) as trace:
        for _ in range(2):
            oa.zero_grad()
            ob.zero_grad()
            b(a(torch.randn(3, 2))).mean().backward()
            oa.step()
            ob.step()
    assert [len(u.rows["model[1].weight"].added) for u in trace.updates[1::2]] == [1, 1]
    assert_in_balance(trace)


def test_tensors_of_no_module_are_named_by_their_optimizer():
    w = torch.zeros(3, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1)
    with backtrace.record(optimizer) as trace:
        (w * 2).sum().backward()
        optimizer.step()
    assert list(trace.updates[0].rows) == ["optimizer[0].param[0]"]
    assert trace.updates[0].rows["optimizer[0].param[0]"].value_after.values == pytest.approx(
        [-0.2] * 3
    )


def test_nothing_named_is_found_by_itself():
    with backtrace.record() as trace:
        model = mlp()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model(torch.randn(5, 4)).sum().backward()
        optimizer.step()
    assert list(trace.updates[0].rows) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert of(trace, ForwardRan)


def test_frozen_parameters_have_rows_and_do_not_move():
    model = mlp()
    model[0].requires_grad_(False)
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        model(torch.randn(5, 4)).sum().backward()
        optimizer.step()
    row = trace.updates[0].rows["0.weight"]
    assert row.grad_after is None and row.change is None
    assert row.value_before == row.value_after


def test_a_parameter_unfrozen_later_is_followed():
    model = mlp()
    model[0].requires_grad_(False)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        for update in range(2):
            model[0].requires_grad_(update == 1)
            optimizer.zero_grad()
            model(torch.randn(5, 4)).sum().backward()
            optimizer.step()
    assert trace.updates[0].rows["0.weight"].added == (None,)
    assert trace.updates[1].rows["0.weight"].added[0] is not None
    assert_in_balance(trace)


def test_sparse_gradients():
    model = nn.Embedding(50, 3, sparse=True)
    optimizer = torch.optim.SparseAdam(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        for _ in range(2):
            optimizer.zero_grad()
            model(torch.tensor([1, 2, 2])).pow(2).sum().backward()
            optimizer.step()
    grad = trace.updates[0].rows["weight"].grad_after
    assert grad.zeros == 144 and grad.shape == (50, 3)
    assert_in_balance(trace)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16])
def test_other_types(dtype):
    model = linear(dtype)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with backtrace.record(model, optimizer) as trace:
        for _ in range(3):
            nn.functional.mse_loss(model(X.to(dtype)), Y.to(dtype)).backward()
            optimizer.step()
    assert trace.updates[0].rows["fc.weight"].value_before.dtype == str(dtype)[6:]
    assert_in_balance(trace)


def test_a_scaler_that_skips_a_step():
    model = linear()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    scaler = torch.amp.GradScaler("cpu", init_scale=4.0)
    with backtrace.record(model, optimizer) as trace:
        for bad in (False, True, False):
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = nn.functional.mse_loss(model(X).float(), Y)
            loss = loss * float("inf") if bad else loss
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            scaler.step(optimizer)
            scaler.update()
    assert len(of(trace, StepTaken)) == 2
    assert len(of(trace, StepSkipped)) == 1
    assert [e.call for e in of(trace, GradsRescaled)] == ["unscale_"] * 3
    first = of(trace, GradsRescaled)[0].grads["fc.weight"]
    assert first.before.norm == pytest.approx(4 * first.after.norm)
    assert len(trace.updates) == 2
    assert any("skipped" in note for note in trace.updates[1].notes)


def test_what_a_scaler_multiplied_the_loss_by_is_written():
    model = linear()
    plain = torch.optim.SGD(model.parameters(), lr=0.01)
    fused = torch.optim.SGD(model.parameters(), lr=0.01, fused=True)
    scaler = torch.amp.GradScaler("cpu", init_scale=4.0)
    off = torch.amp.GradScaler("cpu", enabled=False)
    with backtrace.record(model, plain, fused) as trace:
        for optimizer, wrap in ((plain, scaler.scale), (fused, scaler.scale), (plain, off.scale)):
            loss = nn.functional.mse_loss(model(X), Y)
            wrap(loss).backward()
            (scaler if wrap == scaler.scale else off).step(optimizer)
    assert [event.scale for event in of(trace, BackwardRan)] == [4.0, 4.0, None]
    assert [event.unscales for event in of(trace, StepBegan)] == [False, True, False]


def test_a_backward_that_fails_leaves_the_books_right():
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        loss = model(torch.randn(5, 4)).sum()
        loss.backward()
        with pytest.raises(RuntimeError, match="second time"):
            loss.backward()
        optimizer.step()
    assert len(of(trace, BackwardRan)) == 1
    assert_in_balance(trace)


def test_reentrant_checkpointing():
    from torch.utils.checkpoint import checkpoint

    torch.manual_seed(0)
    layer = nn.Linear(4, 4)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    with backtrace.record(layer, optimizer) as trace:
        optimizer.zero_grad()
        x = torch.randn(5, 4, requires_grad=True)
        y = checkpoint(layer, checkpoint(layer, x, use_reentrant=True), use_reentrant=True)
        y.sum().backward()
        optimizer.step()
    assert trace.updates[0].rows["weight"].grad_after.norm == pytest.approx(
        float(layer.weight.grad.norm())
    )
    assert_in_balance(trace)


def test_an_input_that_gathers_gradients_through_a_reentrant_checkpoint():
    from torch.utils.checkpoint import checkpoint

    layer, x = nn.Linear(4, 4), torch.randn(5, 4, requires_grad=True)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    with backtrace.record(layer, optimizer) as trace:
        for _ in range(2):
            optimizer.zero_grad()
            checkpoint(layer, x, use_reentrant=True).sum().backward()
            optimizer.step()
    row = trace.updates[1].rows["input"]
    assert row.grad_after.norm == pytest.approx(float(x.grad.norm()))
    assert_in_balance(trace)


def test_autograd_grad_makes_no_entry():
    model = mlp()
    with backtrace.record(model) as trace:
        torch.autograd.grad(model(torch.randn(5, 4)).sum(), list(model.parameters()))
    assert not of(trace, BackwardRan) and not of(trace, Edited)


def test_loss_terms_each_with_their_own_gradient():
    model = linear()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with backtrace.record(model, optimizer, by_term=True) as trace:
        out = model(X)
        mse, l1 = nn.functional.mse_loss(out, Y), nn.functional.l1_loss(out, Y)
        backtrace.note_loss(mse + l1, mse=mse, l1=l1)
        (mse + l1).backward()
        optimizer.step()
    (update,) = trace.updates
    assert update.terms == pytest.approx({"mse": 5.387224, "l1": 2.0844}, abs=1e-5)
    row = update.rows["fc.weight"]
    assert row.terms["mse"][0].values == pytest.approx([-10.004933], abs=1e-5)
    assert row.terms["l1"][0].values == pytest.approx([-2.0], abs=1e-5)
    assert row.grad_after.values == pytest.approx([-12.004933], abs=1e-5)


def test_module_zero_grad_and_an_overriding_optimizer():
    class Mine(torch.optim.SGD):
        def zero_grad(self, set_to_none=True):
            for group in self.param_groups:
                for p in group["params"]:
                    p.grad = None

    model = mlp()
    optimizer = Mine(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        for clear in (optimizer.zero_grad, model.zero_grad):
            clear()
            model(torch.randn(5, 4)).sum().backward()
            optimizer.step()
    assert [e.call for e in of(trace, GradsZeroed)] == ["optimizer[0].zero_grad", "model.zero_grad"]
    assert not of(trace, Edited)


@pytest.fixture
def _fresh_compiler():
    torch.compiler.reset()
    torch._dynamo.utils.counters.clear()
    yield
    torch.compiler.reset()
    torch._dynamo.utils.counters.clear()


@pytest.mark.usefixtures("_fresh_compiler")
@pytest.mark.parametrize("is_watched", [True, False])
def test_a_compiled_module_is_seen_and_what_is_not_is_said(is_watched):
    model = mlp()
    compiled = torch.compile(model, backend="eager", fullgraph=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(compiled if is_watched else model, optimizer) as trace:
        for _ in range(2):
            optimizer.zero_grad()
            compiled(torch.randn(5, 4)).sum().backward()
            optimizer.step()
    assert list(trace.updates[0].rows) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert len(of(trace, BackwardRan)) == 2
    assert [event.what for event in of(trace, Unseen)] == ["calls made inside compiled code"]
    assert not of(trace, Edited)


@pytest.mark.usefixtures("_fresh_compiler")
def test_a_compiled_step_changes_nothing_and_is_said(recwarn):
    def train(optimizer, model, updates=3):
        step = torch.compile(optimizer.step, backend="eager")
        torch.manual_seed(1)
        for _ in range(updates):
            optimizer.zero_grad()
            model(torch.randn(5, 4)).pow(2).sum().backward()
            step()
        return [p.detach().clone() for p in model.parameters()]

    bare, model = mlp(), mlp()
    expected = train(torch.optim.SGD(bare.parameters(), lr=0.1), bare)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        found = train(optimizer, model)
    assert all(torch.equal(a, b) for a, b in zip(expected, found, strict=True))
    assert any(event.what == "calls made inside compiled code" for event in of(trace, Unseen))


def test_backward_without_step_is_an_unfinished_update():
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        model(torch.randn(5, 4)).sum().backward()
    (update,) = trace.updates
    assert not update.is_complete


def test_our_own_failure_never_reaches_the_training(monkeypatch):
    from backtrace.recording.kernels.choose import make_kernel

    def fail(self, tensors):
        raise RuntimeError("cannot read")

    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        monkeypatch.setattr(type(make_kernel()), "read", fail)
        for _ in range(3):
            optimizer.zero_grad()
            model(torch.randn(5, 4)).sum().backward()
            optimizer.step()
        monkeypatch.undo()
    assert of(trace, Unseen)
    assert "cannot read" in of(trace, Unseen)[0].reason


def test_nested_records_are_refused():
    refused = pytest.raises(backtrace.errors.UsageError, match="already")
    with backtrace.record(), refused, backtrace.record():
        pass


def test_an_exception_in_the_loop_passes_and_uninstalls():
    model = mlp()
    with pytest.raises(ZeroDivisionError), backtrace.record(model) as trace:
        model(torch.randn(5, 4)).sum().backward()
        raise ZeroDivisionError
    assert of(trace, BackwardRan)


def test_models_can_be_copied_pickled_and_scripted_while_recorded(tmp_path):
    import copy
    import pickle
    import warnings

    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace, warnings.catch_warnings():
        warnings.simplefilter("error")
        copied = copy.deepcopy(model)
        loaded = pickle.loads(pickle.dumps(model))
        torch.save(model, tmp_path / "model.pt")
        torch.save(optimizer.state_dict(), tmp_path / "optimizer.pt")
        warnings.simplefilter("ignore")
        torch.jit.script(model)
        for other in (copied, loaded):
            other(torch.randn(2, 4)).sum().backward()
        assert not of(trace, ForwardRan)
        model(torch.randn(2, 4)).sum().backward()
        optimizer.step()
    assert len(of(trace, ForwardRan)) == 1
    for other in (model, copied, loaded):
        assert not any(m._forward_hooks or m._forward_pre_hooks for m in other.modules())
        assert not any(
            p._backward_hooks or p._post_accumulate_grad_hooks for p in other.parameters()
        )
