# expect: nothing
"""It keeps none by intention, or has those of a call only, made anew each time."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(8, 16), nn.Linear(16, 2)
        self.norm = nn.BatchNorm1d(16, track_running_stats=False)
        self.register_buffer("mean", torch.zeros(16))

    def forward(self, x):
        h = self.norm(self.first(x))
        h = F.batch_norm(h, None, None, training=True)
        h = F.batch_norm(h, self.mean.clone(), torch.ones(16), training=True)
        return self.last(F.relu(h))


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    model.train()
    for _ in range(3):
        x = torch.randn(32, 8) * 2 + 1
        loss = F.cross_entropy(model(x), (x[:, 0] > 1).long())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        x = torch.randn(16, 8) * 2 + 1
        correct = (model(x).argmax(1) == (x[:, 0] > 1)).float().mean()
