"""The training loops that everything is measured on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

Wrap = Callable[[nn.Module], nn.Module]


def as_it_is(model: nn.Module) -> nn.Module:
    """Return a model without a wrapper, for one process."""
    return model


@dataclass
class Workload:
    """A model, its optimizer, and one update as a function of nothing."""

    name: str
    model: nn.Module
    optimizer: torch.optim.Optimizer
    loss: Callable[[], Tensor]

    def update(self) -> float:
        """Run one update, and read its loss as any training loop does."""
        self.optimizer.zero_grad()
        loss = self.loss()
        loss.backward()
        self.optimizer.step()
        return loss.item()


def cifar10_net(wrap: Wrap = as_it_is) -> Workload:
    """The net of the config `cifar10` with batches of 64."""
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(3, 32, 5, padding=2), nn.MaxPool2d(2),
        nn.Conv2d(32, 32, 5, padding=2), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1024, 64), nn.Linear(64, 10),
    )  # fmt: skip
    model = wrap(net)
    x, y = torch.rand(64, 3, 32, 32), torch.randint(10, (64,))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
    return Workload(
        "CIFAR-10 net, batch 64", model, optimizer, lambda: nn.functional.cross_entropy(model(x), y)
    )


def transformer(wrap: Wrap = as_it_is) -> Workload:
    """A transformer of 5.3 million parameters with 4 sequences of 128 tokens."""
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(256, 8, 1024, dropout=0.0, batch_first=True)
    net = nn.Sequential(
        nn.Embedding(1000, 256),
        nn.TransformerEncoder(layer, 6, enable_nested_tensor=False),
        nn.Linear(256, 1000),
    )
    model = wrap(net)
    tokens, targets = torch.randint(1000, (4, 128)), torch.randint(1000, (512,))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    return Workload(
        "transformer, 4×128 tokens",
        model,
        optimizer,
        lambda: nn.functional.cross_entropy(model(tokens).flatten(0, 1), targets),
    )


def wide_mlp(wrap: Wrap = as_it_is) -> Workload:
    """Eight Linear(1024) with ReLU and a batch of 16: all parameters, hardly any work."""
    torch.manual_seed(0)
    layers = [part for _ in range(8) for part in (nn.Linear(1024, 1024), nn.ReLU())]
    model = wrap(nn.Sequential(*layers))
    x, y = torch.randn(16, 1024), torch.randn(16, 1024)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    return Workload(
        "8 × Linear(1024), batch 16", model, optimizer, lambda: nn.functional.mse_loss(model(x), y)
    )


def tiny_mlp(wrap: Wrap = as_it_is) -> Workload:
    """Two small layers and a batch of 8: as many calls as any net, and next to no work."""
    torch.manual_seed(0)
    model = wrap(nn.Sequential(nn.Linear(30, 200), nn.Tanh(), nn.Linear(200, 27)))
    x, y = torch.randn(8, 30), torch.randint(27, (8,))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    return Workload(
        "two layers 30–200–27, batch 8",
        model,
        optimizer,
        lambda: nn.functional.cross_entropy(model(x), y),
    )


WORKLOADS = (cifar10_net, transformer, wide_mlp, tiny_mlp)
