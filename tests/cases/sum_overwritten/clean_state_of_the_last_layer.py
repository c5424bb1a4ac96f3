# expect: nothing
import torch
from torch import nn


class Stacked(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.GRU(8, 8, batch_first=True) for _ in range(2))
        self.head = nn.Linear(8, 1)

    def forward(self, x):
        hidden = torch.zeros(1, len(x), 8)
        for layer in self.layers:
            x, hidden = layer(x)
        return self.head(x.mean(1) + hidden[-1])


torch.manual_seed(0)
model = Stacked()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(8):
    x = torch.randn(16, 5, 8)
    loss = nn.functional.mse_loss(model(x), x.mean((1, 2))[:, None])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
