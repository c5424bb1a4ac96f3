# expect: BT308 at update 11
# source: github.com/pytorch/pytorch, issue 9046: model.train() at the start of each epoch
import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv1d(2, 6, 3, padding=1), nn.BatchNorm1d(6), nn.ReLU())
        self.head = nn.Linear(6, 2)

    def forward(self, x):
        return self.head(self.body(x).mean(-1))


model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(5):
    model.train()
    if epoch == 2:
        model.body.requires_grad_(False)
        optimizer = torch.optim.SGD(model.head.parameters(), lr=0.05)
    for _ in range(5):
        x = torch.randn(16, 2, 9) + epoch
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), (x[:, 0].mean(1) > epoch).long()).backward()
        optimizer.step()
