# expect: BT219 at update 1
# source: github.com/zalandoresearch/pytorch-vq-vae, issue 2
# The blocks of a residual net are one: what each gives is added to what it was given, and normed.
import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        block = nn.Sequential(nn.Linear(6, 12), nn.GELU(), nn.Linear(12, 6))
        self.blocks = nn.ModuleList([block] * 3)
        self.norm = nn.LayerNorm(6)
        self.head = nn.Linear(6, 2)

    def forward(self, x):
        for block in self.blocks:
            x = self.norm(x + block(x))
        return self.head(x)


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(5):
    x = torch.randn(16, 6)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), (x[:, 0] * x[:, 1] > 0).long()).backward()
    optimizer.step()
