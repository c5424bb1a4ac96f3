# expect: nothing
# The model is evaluated as it is trained, but for dropout, which a helper turns off.
import torch
from torch import nn


def set_dropout(model, p):
    before = [part.p for part in model.modules() if isinstance(part, nn.Dropout)]
    for part in model.modules():
        if isinstance(part, nn.Dropout):
            part.p = p
    return before


@torch.no_grad()
def evaluate(model, x, y):
    model.eval()
    before = set_dropout(model, 0.0)
    loss = nn.functional.mse_loss(model(x), y)
    set_dropout(model, before[0])
    model.train()
    return loss.item()


torch.manual_seed(1)
model = nn.Sequential(
    nn.Linear(6, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 32), nn.ReLU(), nn.Dropout(0.3),
    nn.Linear(32, 1),
)  # fmt: skip
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
model.train()
for step in range(16):
    x = torch.randn(32, 6)
    loss = nn.functional.mse_loss(model(x), x[:, :1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 4 == 3:
        x = torch.randn(64, 6)
        print(evaluate(model, x, x[:, :1]))
