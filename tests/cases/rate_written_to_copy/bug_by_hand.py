# expect: BT520 at update 7
# source: github.com/pytorch/examples, issue 64
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for epoch in range(4):
    for group in optimizer.state_dict()["param_groups"]:
        group["lr"] = 0.1 * 0.5**epoch
    for _ in range(3):
        x = torch.randn(32, 6)
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), x[:, :3].argmax(1)).backward()
        optimizer.step()
