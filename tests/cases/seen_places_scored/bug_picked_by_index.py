# expect: BT547 at update 1
# source: github.com/Sllambias/asparagus, pull request 12: the masked-only loss of the visible ones
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


def draw(rows, places, ratio):
    order = torch.rand(rows, places).argsort(dim=1)
    return order < int(ratio * places)


torch.manual_seed(0)
data = torch.randn(64, 10, 12)
net, loss_fn = Net(), nn.MSELoss()
optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
for _ in range(2):
    for x in data.split(16):
        hidden = draw(16, 10, 0.6)
        out = net(x, hidden)
        loss = loss_fn(out[~hidden], x[~hidden])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
