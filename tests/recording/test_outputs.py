"""What models return where the loss is written by hand, and on request what each module does."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import backtrace
from backtrace.ledger.layer_facts import OutputsAlike, OutputSeen
from backtrace.ledger.updates import Given
from backtrace.show.content.activations import activation_lines
from backtrace.show.content.heading import score_lines
from backtrace.show.json.document import update_to_dict


class Pair(nn.Module):
    """Returns two tensors under names, one of them a module's own."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(2, 3), nn.Linear(3, 1)

    def forward(self, x):
        hidden = self.first(x)
        return {"mean": self.second(hidden), "hidden": hidden, "count": len(x)}


def train(net, loss_of, updates=2, **options):
    torch.manual_seed(0)
    x = torch.randn(4, 2)
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    outputs = []
    with backtrace.record(net, opt, **options) as trace:
        for _ in range(updates):
            opt.zero_grad()
            output = net(x)
            outputs.append(output)
            loss_of(output).backward()
            opt.step()
            with torch.no_grad():
                net(x)
    return trace, outputs


def test_a_loss_by_hand_shows_the_models_output():
    trace, outputs = train(nn.Linear(2, 1), lambda output: (output - 1).pow(2).mean())
    for update, output in zip(trace.updates, outputs, strict=True):
        (given,) = update.given
        assert (given.module, given.type, given.is_model) == ("model", "Linear", True)
        assert given.output.values == pytest.approx(output.detach().flatten().tolist())
        (line,) = score_lines(update)
        assert line.startswith("ŷ  (4, 1)  ")
        assert update_to_dict(update)["given"][0]["output"]["values"] == list(given.output.values)


def test_what_is_written_over_was_read_before():
    def loss_of(output):
        return output.mul_(2).sum()

    trace, outputs = train(nn.Linear(2, 1), loss_of, updates=1)
    assert 2 * trace.updates[0].given[0].output.norm == pytest.approx(outputs[0].norm().item())


def test_a_loss_of_torchs_tells_it_itself():
    def loss_of(output):
        return nn.functional.mse_loss(output, torch.zeros(4, 1))

    trace, _ = train(nn.Linear(2, 1), loss_of)
    assert [each for each in trace.events if isinstance(each, OutputSeen)] == []
    assert [len(update.scored) for update in trace.updates] == [1, 1]


def test_a_loss_by_hand_that_comes_later_is_seen_from_then_on():
    losses = iter([True, False, False, True])

    def loss_of(output):
        target = torch.zeros(4, 1)
        is_torchs = next(losses)
        return nn.functional.mse_loss(output, target) if is_torchs else output.pow(2).mean()

    trace, _ = train(nn.Linear(2, 1), loss_of, updates=4)
    assert [len(update.given) for update in trace.updates] == [0, 0, 1, 0]


def test_each_tensor_of_what_a_model_returns_has_its_place():
    trace, _ = train(Pair(), lambda out: out["mean"].sum() + out["hidden"].pow(2).sum())
    places = [(given.place, given.output.shape) for given in trace.updates[0].given]
    assert places == [("['mean']", (4, 1)), ("['hidden']", (4, 3))]
    assert [line.split("  ")[0] for line in score_lines(trace.updates[0])] == [
        "ŷ['mean']",
        "ŷ['hidden']",
    ]


def test_activations_are_read_on_request():
    net = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5), nn.Sequential(nn.ReLU(), nn.Linear(3, 1)))
    seen = []
    net[0].register_forward_hook(lambda *told: seen.append(told[2].detach().clone()))
    target = torch.zeros(4, 1)
    trace, _ = train(net, lambda out: nn.functional.mse_loss(out, target), activations=True)
    for at, update in enumerate(trace.updates):
        found = [(given.module, given.type) for given in update.given]
        assert found == [("0", "Linear"), ("1", "Dropout"), ("2.0", "ReLU"), ("2.1", "Linear")]
        assert update.given[0].output.norm == pytest.approx(seen[2 * at].norm().item())
    lines = activation_lines(trace.updates[0], is_short=True, width=60)
    assert lines[0] == "activations: what each module returned"
    assert lines[1].split()[:2] == ["0", "Linear"] and max(map(len, lines)) <= 60


def test_training_is_the_same_to_the_bit():
    def weights(**options):
        torch.manual_seed(1)
        net = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5), nn.Linear(3, 1))
        train(net, lambda output: output.pow(2).mean(), updates=3, **options)
        return [parameter.detach().clone() for parameter in net.parameters()]

    assert all(map(torch.equal, weights(), weights(activations=True)))


def test_many_activations_are_cut_short():
    trace, _ = train(nn.Linear(2, 1), lambda output: output.sum(), updates=1)
    (update,) = trace.updates
    reading = update.given[0].output
    many = tuple(Given(f"layer{at}", "Linear", "", False, reading) for at in range(40))
    object.__setattr__(update, "given", many)
    assert len(activation_lines(update, is_short=True)) == 1 + 24 + 1
    assert "… 16 more; --all shows them" in activation_lines(update, is_short=True)[13]
    assert len(activation_lines(update, is_short=False)) == 41


def outputs_alike(net, loss_of, updates=1):
    """Train on what two calls give before each backward; return where they gave the same."""
    torch.manual_seed(0)
    x = torch.randn(4, 2)
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    with backtrace.record(net, opt) as trace:
        for _ in range(updates):
            loss_of(net(x), net(x)).backward()
            opt.step()
    return [event for event in trace.events if isinstance(event, OutputsAlike)]


def both(one, other):
    return nn.functional.mse_loss(one, torch.ones_like(one)) + other.pow(2).mean()


def test_the_same_from_two_calls_is_told_of_the_first_backwards():
    alike = outputs_alike(nn.Linear(2, 3), both)
    assert [event.module for event in alike] == ["model"]
    assert alike[0].beside == alike[0].where
    by_hand = outputs_alike(nn.Linear(2, 3), lambda one, other: (one - other + one).sum(), 6)
    assert len(by_hand) == 3


def test_dropout_and_a_number_alone_are_not_the_same():
    assert outputs_alike(nn.Sequential(nn.Linear(2, 8), nn.Dropout(0.5)), both) == []
    zero = nn.Linear(2, 3)
    nn.init.zeros_(zero.weight)
    nn.init.zeros_(zero.bias)
    assert outputs_alike(zero, both) == []
