# expect: nothing
# Two branches, each with its own shortcut; and one that is chosen by a setting.
import torch
from torch import nn

torch.manual_seed(0)


class TwoBranches(nn.Module):
    def __init__(self, size, narrow):
        super().__init__()
        self.narrow = narrow
        self.left = nn.Sequential(nn.Linear(size, size), nn.Tanh())
        self.right = nn.Sequential(nn.Linear(size, size), nn.ReLU())
        self.skip = nn.Linear(size, size) if narrow else None

    def forward(self, x):
        a = self.left(x) + x
        b = self.right(x) + x
        both = torch.maximum(a, b)
        out = both + self.skip(x) if self.narrow else both + x
        out = torch.relu(out)
        return out + x


model = nn.Sequential(TwoBranches(8, True), TwoBranches(8, False), nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(25):
    x = torch.randn(64, 8)
    loss = nn.functional.mse_loss(model(x), x.sin().sum(dim=1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
