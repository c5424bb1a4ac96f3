# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
        self.again = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))

    def forward(self, x):
        return self.body(x), self.again(x)


def one_class_loss(first, rebuilt, center):
    first, rebuilt = F.normalize(first, dim=1), F.normalize(rebuilt, dim=1)
    to_center = 1 - F.cosine_similarity(first, center)
    rebuilt_to_center = 1 - F.cosine_similarity(rebuilt, center)
    spread_1 = torch.sqrt(first.var(dim=0) + 1e-4)
    spread_2 = torch.sqrt(rebuilt.var(dim=0) + 1e-4)
    held_1 = F.relu(1 - spread_1).mean()
    held_2 = F.relu(1 - spread_2).mean()
    return (to_center + rebuilt_to_center).mean() + 0.5 * (held_1 + held_2)


torch.manual_seed(0)
model = TwoHeads()
center = F.normalize(torch.ones(1, 4), dim=1)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(20):
    loss = one_class_loss(*model(torch.randn(32, 8)), center)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
