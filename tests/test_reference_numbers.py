"""The numbers that the bundled configs are known by, from a bare run, first by plain arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pytest
import torch

from backtrace.config.load import load_config
from backtrace.train.training import Training, build_training

W, B, LR = -0.2505, 0.9166, 0.01
X, Y = [1.0, 2.0, 3.0], [1.5, 2.5, 3.5]


def prepare(name: str, **overrides: str) -> Training:
    """Build a bundled config; `loop__updates="3"` stands for `--set loop.updates=3`."""
    pairs = [(key.replace("__", "."), value) for key, value in overrides.items()]
    loaded = load_config(name, pairs)
    return build_training(loaded.config, loaded.folder, loaded.locate)


@dataclass
class Update:
    """What one update was: as the step read it, and after."""

    grads: list[float]
    after: list[float] = field(default_factory=list)
    loss: dict[str, float] = field(default_factory=dict)


def run(training: Training) -> list[Update]:
    """Run, and note gradients, values and loss terms of every update."""
    updates: list[Update] = []
    terms: list[dict[str, float]] = []

    def numbers(kind: str) -> list[float]:
        parameters = training.model.parameters()
        tensors = [p.grad if kind == "grad" else p.detach() for p in parameters]
        return torch.cat([t.flatten() for t in tensors]).tolist()

    inner = training.criterion

    def criterion(output, target):
        found = inner(output, target)
        terms.append({name: term.item() for name, term in found.items()})
        return found

    training.criterion = criterion
    before = training.optimizer.register_step_pre_hook(
        lambda *_: updates.append(Update(numbers("grad"), loss=terms[-1]))
    )
    after = training.optimizer.register_step_post_hook(
        lambda *_: updates[-1].after.extend(numbers("value"))
    )
    training.run()
    before.remove()
    after.remove()
    return updates


def by_hand(count: int, *, zero_grad: bool) -> list[Update]:
    """Train y = w x + b on the mean squared error, in Python's own floats."""
    w, b, grad_w, grad_b = W, B, 0.0, 0.0
    updates = []
    for _ in range(count):
        if zero_grad:
            grad_w = grad_b = 0.0
        errors = [w * x + b - y for x, y in zip(X, Y, strict=True)]
        grad_w += sum(2 / 3 * error * x for error, x in zip(errors, X, strict=True))
        grad_b += sum(2 / 3 * error for error in errors)
        loss = sum(error**2 for error in errors) / 3
        w, b = w - LR * grad_w, b - LR * grad_b
        updates.append(Update([grad_w, grad_b], [w, b], {"loss": loss}))
    return updates


def close(value: object, digits: float = 1e-6) -> object:
    return pytest.approx(value, abs=digits, rel=1e-6)


@pytest.mark.parametrize("zero_grad", [True, False])
def test_linear_is_what_arithmetic_gives(zero_grad):
    ours = run(prepare("linear", loop__zero_grad=str(zero_grad).lower()))
    assert len(ours) == 4
    for update, hand in zip(ours, by_hand(4, zero_grad=zero_grad), strict=True):
        assert update.grads == close(hand.grads, 1e-5)
        assert update.after == close(hand.after)
        assert update.loss == close(hand.loss)


def test_linears_first_update():
    training = prepare("linear")
    (window, *_) = list(training.windows())
    ((x, y),) = window
    output = training.model(x)
    assert output.flatten().tolist() == close([0.6661, 0.4156, 0.1651])
    training.criterion(output, y)["loss"].backward()
    # d loss / d x = 2/3 * error * w
    errors = [W * x + B - y for x, y in zip(X, Y, strict=True)]
    assert x.grad.flatten().tolist() == close([2 / 3 * error * W for error in errors])
    assert x.grad.flatten().tolist() == close([0.139261, 0.348095, 0.556928])

    first = run(prepare("linear"))[0]
    assert first.loss == {"loss": close(5.387224)}
    assert first.grads == close([-10.0049, -4.1688], 1e-4)
    assert first.after == close([-0.150451, 0.958288])


def test_linear_with_and_without_zero_grad():
    cleared = run(prepare("linear"))
    piled_up = run(prepare("linear", loop__zero_grad="false"))
    assert cleared[1].grads == close([-8.904387, -3.685227], 1e-5)
    assert piled_up[1].grads == close([-18.909321, -7.854027], 1e-5)
    assert piled_up[3].grads == close([-29.733099, -12.155670], 1e-5)
    assert piled_up[3].after == close([0.593320, 1.264643])
    assert piled_up[3].loss == {"loss": close(0.915546)}
    assert cleared[3].loss == {"loss": close(2.706901)}


def test_loss_mix():
    errors = [W * x + B - y for x, y in zip(X, Y, strict=True)]
    first = run(prepare("loss_mix"))[0]
    squares, sizes = sum(e * e for e in errors) / 3, sum(abs(e) for e in errors) / 3
    assert first.loss == {"mse": close(squares), "l1": close(sizes)}
    assert first.loss == {"mse": close(5.387224), "l1": close(2.0844)}
    # Every output is below its target, so that L1 adds -x/3 and -1/3 per row.
    added = [sum(2 * e * x - x for e, x in zip(errors, X, strict=True)) / 3]
    added += [sum(2 * e - 1 for e in errors) / 3]
    assert first.grads == close(added, 1e-5)


def test_loss_sums():
    errors = [W * x + B - y for x, y in zip(X, Y, strict=True)]
    first = run(prepare("loss_sums"))[0]
    assert first.loss == {"mse": close(5.387224), "sums": close(39.102512)}
    assert first.loss["sums"] == close(sum(errors) ** 2)


def test_broadcast_mlp_compares_each_output_with_its_own_target():
    training = prepare("broadcast_mlp")
    x, y = training.batches.first()
    assert (x.shape, y.shape) == ((1000, 784), (1000,))
    assert x.requires_grad
    output = training.model(x).detach()[:, 0]
    loss = math.fsum((o - t) ** 2 for o, t in zip(output.tolist(), y.tolist(), strict=True)) / 1000
    assert run(training)[0].loss == {"mse": close(loss, 1e-5)}


@pytest.mark.filterwarnings("ignore:Using a target size")
def test_broadcasting_by_mistake_is_another_loss():
    squeezed = run(prepare("broadcast_mlp", loop__updates="1"))[0]
    mistaken = run(prepare("broadcast_mlp", loop__updates="1", loss__mse__apply="none"))[0]
    assert squeezed.loss != mistaken.loss
    assert squeezed.grads != mistaken.grads


def test_lenet_has_its_parameters():
    training = prepare("lenet")
    counts = [(6 * 25 + 6), (16 * 6 * 25 + 16), (400 * 120 + 120), (120 * 84 + 84), (84 * 10 + 10)]
    assert training.parameters == sum(counts) == 61706
    names = [name for name, _ in training.model.named_parameters()]
    assert names[::2] == [f"{layer}.weight" for layer in ("conv1", "conv2", "fc1", "fc2", "fc3")]


def test_manual_sgd_is_sgd():
    manual = run(prepare("manual_sgd"))
    torchs = run(prepare("manual_sgd", optimizer__type="SGD"))
    assert [u.after for u in manual] == [u.after for u in torchs]


def test_accumulate():
    ours = run(prepare("accumulate"))
    whole = run(prepare("accumulate", data__batch_size="16", loop__accumulate="1"))
    summed = run(prepare("accumulate", loop__average="false"))
    for update, other in zip(ours, whole, strict=True):
        assert update.grads == close(other.grads)
        assert update.after == close(other.after)
    assert summed[0].grads == close([4 * grad for grad in whole[0].grads])


def test_accumulate_uneven():
    ours = run(prepare("accumulate_uneven"))[0]
    whole = run(prepare("accumulate_uneven", data__batch_size="10", loop__accumulate="1"))[0]
    apart = max(abs(a - b) for a, b in zip(ours.grads, whole.grads, strict=True))
    assert apart > 1e-2

    training = prepare("accumulate_uneven", data__batch_size="1")
    rows = torch.stack([_gradient(training, x, y) for x, y in training.batches])
    # Micro-batches of 4, 4 and 2: each mean is divided by three.
    weights = torch.tensor([1 / 12] * 8 + [1 / 6] * 2)
    assert ours.grads == close((weights @ rows).tolist())


def _gradient(training: Training, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    training.model.zero_grad()
    training.criterion(training.model(x), y)["loss"].backward()
    return torch.cat([p.grad.flatten() for p in training.model.parameters()])


def test_small_net_has_rows_without_gradient():
    (first, *_) = run(prepare("small_net"))
    rows = torch.tensor(first.grads[:50]).reshape(5, 10)
    still = (rows == 0).all(dim=1)
    assert 0 < still.sum() < 5


def test_learning_rates():
    def losses(lr: str) -> list[float]:
        return [u.loss["loss"] for u in run(prepare("learning_rates", optimizer__lr=lr))]

    small, right, large = losses("0.0001"), losses("0.1"), losses("10.0")
    assert small[-1] > 0.95 * small[0]
    assert right[-1] < 0.7 * right[0]
    assert not math.isfinite(large[-1])


def test_digits_are_learnt():
    updates = run(prepare("digits"))
    assert len(updates) == 3 * 29
    assert updates[0].loss["loss"] == pytest.approx(math.log(10), abs=0.1)
    assert sum(u.loss["loss"] for u in updates[-29:]) / 29 < 0.4


@pytest.mark.parametrize("name", ["cifar10", "optimizers"])
def test_the_cifar_nets_run_on_made_up_images(name):
    training = prepare(name, data__synthetic="true", loop__updates="2")
    assert training.parameters == 145578
    assert len(run(training)) == 2
    assert "not CIFAR-10" in training.synthetic
    if name == "cifar10":
        assert prepare(name, data__synthetic="true").planned_updates == 20 * 1000
