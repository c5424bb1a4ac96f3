# expect: nothing
"""Feature maps that are flattened, permuted, compared, or whose last axis is what a layer takes."""

import torch
from torch import nn
from torch.nn.functional import mse_loss


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(24, 12, 1)
        self.queries, self.along = nn.Linear(16, 12), nn.Linear(4, 12)
        self.project, self.score = nn.Linear(24, 12), nn.Linear(12, 3)
        self.whole, self.channels = nn.Linear(24 * 16, 3), nn.Linear(16, 3)

    def forward(self, x):
        batch = len(x)
        places = self.project(x.permute(0, 2, 3, 1).reshape(batch, 16, 24))
        found = self.conv(x)
        keys = found.reshape(batch, 12, 16)
        weights = (places @ keys).softmax(-1) @ found.flatten(2).transpose(1, 2)
        planes = self.queries(x.reshape(batch, 24, 16)).mean(1) + self.along(x).mean((1, 2))
        rows = self.channels(found.reshape(batch * 12, 16)).view(batch, 12, 3).mean(1)
        scores = self.score(weights.mean(1) + planes) + rows + self.whole(x.flatten(1))
        return found, scores


torch.manual_seed(0)
net = Net()
last = torch.randn(40, 24, 4, 4).contiguous(memory_format=torch.channels_last)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for update in range(6):
    x = torch.randn(8, 24, 4, 4) if update % 2 else last[8 * (update // 2) :][:8]
    y = (x[:, 0, 0, 0] > 0).long()
    found, scores = net(x)
    loss = nn.functional.cross_entropy(scores, y)
    loss = loss + 0.1 * mse_loss(found.reshape(-1, 12), x[:, :12].reshape(-1, 12))
    loss = loss + 0.1 * mse_loss(found.reshape(8, 16, 12), x[:, 12:].reshape(8, 16, 12))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
