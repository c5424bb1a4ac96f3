# expect: nothing
import copy
import io

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 8)
y = x[:, :3].argmax(1)


def make():
    return nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))


checkpoint = io.BytesIO()
torch.save({"model": make().state_dict()}, checkpoint)
checkpoint.seek(0)

model = make()
if checkpoint is not None:
    model.load_state_dict(torch.load(checkpoint)["model"])
teacher = copy.deepcopy(model).eval()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for i in range(0, 256, 32):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x[i : i + 32]), y[i : i + 32]).backward()
    optimizer.step()
    with torch.no_grad():
        for mine, its in zip(teacher.parameters(), model.parameters(), strict=True):
            mine.mul_(0.99).add_(its, alpha=0.01)
with torch.no_grad():
    print((teacher(x).argmax(1) == y).float().mean().item())
