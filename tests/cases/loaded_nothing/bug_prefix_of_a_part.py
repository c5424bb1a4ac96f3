# expect: BT217 at update 1
# source: github.com/pytorch/pytorch, issue 141256: strict=False says nothing of what it left out
import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.stem = nn.Linear(8, 12)
        self.blocks = nn.ModuleList(nn.Linear(12, 12) for _ in range(depth))
        self.head = nn.Linear(12, 2)

    def forward(self, x):
        x = self.stem(x).relu()
        for block in self.blocks:
            x = block(x).relu()
        return self.head(x)


saved = Net(3).state_dict()  # of a training that had wrapped the blocks
saved = {
    f"module.{name}" if name.startswith("blocks") else name: tensor
    for name, tensor in saved.items()
}
model = Net(3)
model.load_state_dict(saved, strict=False)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(4):
    x = torch.randn(32, 8)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long()).backward()
    optimizer.step()
