# expect: nothing
# What is missing has no target; a token of the model's stands for it.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, pixels=12, size=24):
        super().__init__()
        self.embed, self.head = nn.Linear(pixels, size), nn.Linear(size, pixels)
        self.token = nn.Parameter(torch.zeros(size))
        self.body = nn.TransformerEncoderLayer(size, 2, 48, batch_first=True)

    def forward(self, x, hidden):
        h = torch.where(hidden.unsqueeze(-1), self.token, self.embed(x))
        return self.head(self.body(h))


torch.manual_seed(0)
data = torch.randn(64, 10, 12)
missing = torch.rand(64, 10) < 0.3
net, loss_fn = Net(), nn.MSELoss()
optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
for _ in range(2):
    for x, hidden in zip(data.split(16), missing.split(16), strict=True):
        out = net(x, hidden)
        loss = loss_fn(out[~hidden], x[~hidden])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
