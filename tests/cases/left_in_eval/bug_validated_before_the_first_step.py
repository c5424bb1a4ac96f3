# expect: BT305 at update 9
# source: https://github.com/wkentaro/pytorch-fcn/issues/57
# A validation every few steps, the first before any: all of the first epoch is in evaluation mode.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(240, 6)
y = x[:, :3].argmax(1)
model = nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
every, step = 4, 0


def validate():
    model.eval()
    with torch.no_grad():
        hits = model(x[180:]).argmax(1) == y[180:]
    print(step, hits.float().mean().item())


for epoch in range(4):
    model.train()
    for rows in torch.randperm(180).split(30):
        if step % every == 0:
            validate()
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1
