# expect: nothing
# Raw scores are picked where something else bounds them: a partition, a margin, a square.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(10):
    x = torch.randn(32, 6)
    y = x[:, :4].argmax(dim=1)
    scores = model(x)
    picked = scores.gather(1, y[:, None]).squeeze(1)
    partition = scores.exp().sum(dim=1).log()
    margin = torch.relu(
        1 + scores.masked_fill(nn.functional.one_hot(y, 4) > 0, -9).amax(1) - picked
    )
    squares = (model(-x).gather(1, y[:, None]).squeeze(1) - 1).pow(2)
    loss = (partition - picked).mean() + 0.1 * margin.mean() + 0.1 * squares.mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
