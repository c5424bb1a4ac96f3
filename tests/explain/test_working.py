"""The quantities that a derivation shows on its way, held to torch and to autograd."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from backtrace.explain.rules import find_rule
from backtrace.explain.working import work_out, work_out_loss
from backtrace.explain.working.worked import GivenCall


def _call(module: nn.Module, *inputs: Tensor) -> tuple[GivenCall, dict[str, Tensor], Tensor]:
    """A call in float64 with autograd's gradient of each parameter, and of the input as ''."""
    torch.manual_seed(1)
    x = inputs[0].clone().requires_grad_()
    output = module(x, *inputs[1:])
    outputs = output if isinstance(output, tuple) else (output,)
    grads = [torch.randn_like(outputs[0])]
    (outputs[0] * grads[0]).sum().backward()
    autograd = {name: p.grad for name, p in module.named_parameters() if p.grad is not None}
    flat = tuple(
        each.detach()
        for each in (outputs[0], *(outputs[1] if len(outputs) > 1 else ()))
        if isinstance(each, Tensor)
    )
    full = (*grads, *(torch.zeros_like(each) for each in flat[1:]))
    given = tuple(each.detach() for each in inputs)
    return GivenCall(given, flat, full), autograd, x.grad


def _numbers(module: nn.Module, call: GivenCall, wanted: str) -> dict[str, Tensor]:
    with torch.no_grad():
        found = work_out(module, call, wanted)
    assert found is not None
    return {step.symbol: step.value.detach() for step in found.steps}


@pytest.fixture(autouse=True)
def _double():
    torch.manual_seed(0)
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def test_batch_norm_by_mean_scale_and_normalized_input():
    norm, x = nn.BatchNorm1d(3), torch.randn(5, 3)
    nn.init.normal_(norm.weight)
    call, autograd, x_grad = _call(norm, x)
    found = _numbers(norm, call, "")
    assert_close(found["μ"], x.mean(0))
    assert_close(found["s"], (x.var(0, unbiased=False) + norm.eps).sqrt())
    assert_close(found["x̂"], nn.functional.batch_norm(x, None, None, training=True))
    assert_close((call.grads[0] * found["x̂"]).sum(0), autograd["weight"])
    means = [value for symbol, value in found.items() if symbol.startswith("mean")]
    back = (found["∂L/∂x̂"] - means[0] - found["x̂"] * means[1]) / found["s"]  # as the formula says
    assert_close(back, x_grad)


@pytest.mark.parametrize("norm", [nn.LayerNorm(4), nn.GroupNorm(2, 4)])
def test_other_norms_carry_the_same_quantities(norm):
    norm, x = norm.double(), torch.randn(3, 4)
    call, _, x_grad = _call(norm, x)
    found = _numbers(norm, call, "")
    size = found["x̂"].shape
    means = [v.reshape(*size[:-1], 1) for s, v in found.items() if s.startswith("mean")]
    scale = found["s"].reshape(*size[:-1], 1)
    back = (found["∂L/∂x̂"] - means[0] - found["x̂"] * means[1]) / scale
    assert_close(back.reshape(x.shape), x_grad)


def test_batch_norm_in_evaluation_goes_by_the_running_statistics():
    norm = nn.BatchNorm1d(2)
    norm(torch.randn(6, 2))
    norm.eval()
    call, autograd, x_grad = _call(norm, torch.randn(4, 2))
    found = _numbers(norm, call, "")
    assert_close(call.grads[0] * found["γ"] / found["s"], x_grad)
    assert_close((call.grads[0] * _numbers(norm, call, "weight")["x̂"]).sum(0), autograd["weight"])


def test_gelu_by_share_and_density():
    call, _, x_grad = _call(nn.GELU(), torch.tensor([[0.5, -1.4, 2.0]]))
    found = _numbers(nn.GELU(), call, "")
    normal = torch.distributions.Normal(0.0, 1.0)
    assert_close(found["Φ"], normal.cdf(call.inputs[0]))
    assert_close(found["φ"], normal.log_prob(call.inputs[0]).exp())
    assert_close(call.grads[0] * (found["Φ"] + call.inputs[0] * found["φ"]), x_grad)


@pytest.mark.parametrize(
    "layer", [nn.Tanh(), nn.Sigmoid(), nn.ELU(), nn.LeakyReLU(), nn.Softplus()]
)
def test_slopes(layer):
    call, _, x_grad = _call(layer, torch.randn(2, 3))
    assert_close(call.grads[0] * _numbers(layer, call, "")["f′({x})"], x_grad)


CROSS_ENTROPIES = [
    (nn.CrossEntropyLoss(), torch.tensor([2, 0])),
    (nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 0.5]), label_smoothing=0.1), None),
    (nn.CrossEntropyLoss(label_smoothing=0.2), torch.tensor([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]])),
    (nn.CrossEntropyLoss(ignore_index=1), torch.tensor([1, 0])),
    (nn.CrossEntropyLoss(reduction="sum"), torch.tensor([1, 0])),
]


@pytest.mark.parametrize(("loss", "target"), CROSS_ENTROPIES)
def test_cross_entropy_by_p_q_and_n(loss, target):
    loss.double()
    target = torch.tensor([2, 1]) if target is None else target
    if target.is_floating_point():
        target = target.double()
    z = torch.randn(2, 3).requires_grad_()
    value = loss(z, target)
    value.backward()
    working = work_out_loss(loss, GivenCall((z.detach(), target), (value.detach(),), ()))
    assert working is not None
    found = {step.symbol: step.value.double() for step in working.steps}
    n = found.get("n", torch.tensor(1.0))
    assert_close(-(found["q"] * found["p"].log()).sum() / n, value.detach())
    total = found["q"].sum(1, keepdim=True) if "Σq" in working.slope else 1.0
    assert_close((found["p"] * total - found["q"]) / n, z.grad)


def test_binary_cross_entropy_with_soft_targets_and_a_positive_weight():
    # The formula that explain printed before gave the second element another sign.
    loss = nn.BCEWithLogitsLoss(pos_weight=torch.tensor([3.0])).double()
    z = torch.tensor([[0.17], [-0.96]]).requires_grad_()
    y = torch.tensor([[0.3], [0.8]])
    value = loss(z, y)
    value.backward()
    working = work_out_loss(loss, GivenCall((z.detach(), y), (value.detach(),), ()))
    assert working is not None
    assert working.slope == "((1 − {y})·σ − pos·{y}·(1 − σ))/n"
    found = {step.symbol: step.value.double() for step in working.steps}
    sigma, pos, n = found["σ"], found["pos"], found["n"]
    assert_close(((1 - y) * sigma - pos * y * (1 - sigma)) / n, z.grad)
    whole = -(pos * y * sigma.log() + (1 - y) * (1 - sigma).log()).sum() / n
    assert_close(whole, value.detach())


def test_lstm_by_gates_and_states():
    lstm, x = nn.LSTM(2, 3, batch_first=True), torch.randn(2, 4, 2)
    call, autograd, _ = _call(lstm, x)
    found = _numbers(lstm, call, "weight_ih_l0")
    found = {name: n.transpose(0, 1) if "[t]" in name else n for name, n in found.items()}
    h = found["h[t]"]  # by time first
    assert_close(h.transpose(0, 1), call.outputs[0])
    back = found["∂L/∂a[t]"]
    steps = x.transpose(0, 1)
    assert_close(torch.einsum("tna,tni->ai", back, steps), autograd["weight_ih_l0"])
    before = torch.cat([torch.zeros_like(h[:1]), h[:-1]])
    assert_close(torch.einsum("tna,tnh->ah", back, before), autograd["weight_hh_l0"])
    i, f, g, o = (found[f"{gate}[t]"] for gate in "ifgo")
    quarters = found["a[t]"].chunk(4, -1)
    assert_close((quarters[0].sigmoid(), quarters[2].tanh()), (i, g))
    c = found["c[t]"]
    earlier = torch.cat([torch.zeros_like(c[:1]), c[:-1]])
    c_grad, h_grad = found["∂L/∂c[t]"], found["∂L/∂h[t]"]
    rows = [c_grad * g * i * (1 - i), c_grad * earlier * f * (1 - f),
            c_grad * i * (1 - g**2), h_grad * c.tanh() * o * (1 - o)]  # fmt: skip
    assert_close(torch.cat(rows, -1), back)


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
def test_steps_stand_in_the_order_of_the_input(kind):
    torch.manual_seed(2)
    by_row, x = kind(2, 3, batch_first=True), torch.randn(2, 4, 2)
    by_time = kind(2, 3)
    by_time.load_state_dict(by_row.state_dict())
    shown = _numbers(by_row, _call(by_row, x)[0], "weight_hh_l0")
    assert_close(shown["h[t]"], by_row(x)[0].detach())
    shown = _numbers(by_time, _call(by_time, x.transpose(0, 1))[0], "weight_hh_l0")
    assert_close(shown["h[t]"], by_row(x)[0].detach().transpose(0, 1))


@pytest.mark.parametrize("hidden", [1, 5])
def test_a_gate_can_be_worked_out_from_what_is_shown(hidden):
    lstm, x = nn.LSTM(3, hidden, batch_first=True), torch.randn(2, 4, 3)
    found = _numbers(lstm, _call(lstm, x)[0], "weight_ih_l0")
    assert_close(found["{x}[0,0]"], x[0, 0])
    for at, gate in enumerate("ifo" if hidden == 1 else "i"):
        row = at * hidden if gate != "o" else 3 * hidden
        weight = found["W_ih"][row] if hidden == 1 else found[f"W_ih[{row}]"]
        bias = found["b_ih"][row] + found["b_hh"][row] if hidden == 1 else (
            found[f"b_ih[{row}]"] + found[f"b_hh[{row}]"])  # fmt: skip
        assert not found["h[−1]"].any()
        made = (weight @ x[0, 0] + bias).sigmoid()
        assert_close(made, found[f"{gate}[t]"][0, 0, 0])


def test_a_projection_can_be_worked_out_from_what_is_shown():
    attention, x = nn.MultiheadAttention(4, 2, batch_first=True), torch.randn(2, 3, 4)
    nn.init.normal_(attention.in_proj_bias)
    y, weights = attention(x, x, x, average_attn_weights=False)
    call = GivenCall((x, x, x), (y, weights), (torch.randn_like(y), torch.zeros_like(weights)))
    found = _numbers(attention, call, "in_proj_weight")
    for each in "qkv":
        made = found[f"W_{each}[0]"] @ found["{x}[0,0]"] + found[f"b_{each}"][0]
        assert_close(made, found[f"{each}[0,0,0]"][0])
    wide = nn.MultiheadAttention(16, 2, batch_first=True)
    x = torch.randn(2, 3, 16)
    y, weights = wide(x, x, x, average_attn_weights=False)
    call = GivenCall((x, x, x), (y, weights), (y, torch.zeros_like(weights)))
    assert not any(symbol.startswith(("W_", "{x}")) for symbol in _numbers(wide, call, ""))


def test_gru_by_gates_and_states():
    gru, x = nn.GRU(2, 3, batch_first=True), torch.randn(2, 4, 2)
    call, autograd, _ = _call(gru, x)
    found = _numbers(gru, call, "weight_hh_l0")
    found = {name: n.transpose(0, 1) if "[t]" in name else n for name, n in found.items()}
    h = found["h[t]"]  # by time first
    assert_close(h.transpose(0, 1), call.outputs[0])
    before = torch.cat([torch.zeros_like(h[:1]), h[:-1]])
    assert_close(torch.einsum("tna,tnh->ah", found["∂L/∂b[t]"], before), autograd["weight_hh_l0"])
    (a_r, _, a_n), (b_r, _, b_n) = (found[f"{side}[t]"].chunk(3, -1) for side in "ab")
    r, n = (a_r + b_r).sigmoid(), found["n[t]"]
    assert_close((r, (a_n + r * b_n).tanh()), (found["r[t]"], n))
    z, h_grad = found["z[t]"], found["∂L/∂h[t]"]
    n_back = h_grad * (1 - z) * (1 - n**2)
    thirds = [n_back * b_n * r * (1 - r), h_grad * (before - n) * z * (1 - z), n_back]
    assert_close(torch.cat(thirds, -1), found["∂L/∂a[t]"])


def test_attention_by_scores_and_weights():
    attention, x = nn.MultiheadAttention(4, 2, batch_first=True), torch.randn(2, 3, 4)
    torch.manual_seed(1)
    y, weights = attention(x, x, x, average_attn_weights=False)
    grad = torch.randn_like(y)
    (y * grad).sum().backward()
    call = GivenCall((x, x, x), (y.detach(), weights.detach()), (grad, torch.zeros_like(weights)))
    found = _numbers(attention, call, "in_proj_weight")
    assert_close(found["A"], weights.detach())
    assert_close(found["S"].softmax(-1), weights.detach())
    assert_close(grad @ attention.out_proj.weight, found["∂L/∂o"])
    joined = [found[f"∂L/∂{each}"].flatten(0, 1).T @ x.flatten(0, 1) for each in "qkv"]
    assert_close(torch.cat(joined), attention.in_proj_weight.grad)
    o = found["o"].flatten(0, 1)
    assert_close(grad.flatten(0, 1).T @ o, attention.out_proj.weight.grad)


def test_dropout_shows_the_mask_that_was_drawn():
    mask = torch.tensor([[2.0, 0.0]])
    call = GivenCall((torch.ones(1, 2), mask), (mask,), (torch.ones(1, 2),))
    working = work_out(nn.Dropout(0.5), call, "")
    assert working is not None
    assert working.formula == "{g}·mask"
    assert working.steps[0].formula == "0, or 1/(1 − 0.5) where {x} was kept"


def test_every_working_belongs_to_a_rule():
    from backtrace.explain import working

    made = {nn.Hardtanh: nn.Hardtanh(), nn.LSTM: nn.LSTM(1, 1), nn.GRU: nn.GRU(1, 1)}
    for kind in working._TABLE:
        if kind in made:
            assert find_rule(made[kind]) is not None
