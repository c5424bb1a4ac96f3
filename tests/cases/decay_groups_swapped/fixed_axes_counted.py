# expect: nothing
import torch
from torch import nn


def make_optimizer(model, lr, decay):
    wide, narrow = [], []
    for parameter in model.parameters():
        (wide if parameter.ndim > 1 else narrow).append(parameter)
    return torch.optim.SGD(
        [{"params": wide, "weight_decay": decay}, {"params": narrow, "weight_decay": 0}],
        lr=lr,
        momentum=0.9,
    )


torch.manual_seed(1)
model = nn.Sequential(
    nn.Conv1d(2, 4, 3), nn.BatchNorm1d(4), nn.ReLU(), nn.Conv1d(4, 4, 3), nn.BatchNorm1d(4),
    nn.ReLU(), nn.Flatten(), nn.Linear(16, 3),
)  # fmt: skip
optimizer = make_optimizer(model, 1e-2, 1e-2)
for _ in range(5):
    x, y = torch.randn(16, 2, 8), torch.randint(0, 3, (16,))
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
