# expect: BT501 at update 1
# source: "Getting NaN in loss: log of a softmax", discuss.pytorch.org
import torch
from torch import nn

torch.manual_seed(0)

model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)


def cross_entropy(logits, target):
    logs = torch.log(torch.softmax(logits * 300, dim=1))
    return -(nn.functional.one_hot(target, 4) * logs).sum(dim=1).mean()


for _ in range(4):
    x = torch.randn(32, 8) * 3
    y = x[:, :4].argmax(dim=1)
    optimizer.zero_grad()
    loss = cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
