# expect: BT204 at update 2
# source: DistributedDataParallel docs, find_unused_parameters; forum: "parameters were not used"
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.lin1 = nn.Linear(dim, dim)
        self.norm1 = nn.LayerNorm(dim)
        self.lin2 = nn.Linear(dim, dim)
        self.norm2 = nn.LayerNorm(dim)

    def forward(self, x):
        x = self.norm1(x + torch.relu(self.lin1(x)))
        return self.norm1(x + torch.relu(self.lin2(x)))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(Block(8), Block(8))
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        return self.head(self.blocks(x))


torch.manual_seed(0)
model = Model()
optim = torch.optim.AdamW(model.parameters(), lr=1e-3)
for i in range(4):
    x = torch.randn(10, 8)
    optim.zero_grad()
    loss = nn.functional.cross_entropy(model(x), (x[:, 0] > x[:, 1]).long())
    loss.backward()
    optim.step()
