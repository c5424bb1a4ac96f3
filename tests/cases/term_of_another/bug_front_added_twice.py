# expect: BT550 at update 1
# source: https://github.com/YuliangXiu/ICON/issues/205
import torch
from torch import nn


class Normals(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 32), nn.ReLU())
        self.front, self.back = nn.Linear(32, 4), nn.Linear(32, 4)

    def forward(self, x):
        h = self.body(x)
        return self.front(h), self.back(h)


torch.manual_seed(0)
true_F, true_B = torch.randn(6, 4), torch.randn(6, 4)
model = Normals()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
losses = {"normal": {"weight": 1.0, "value": 0.0}, "size": {"weight": 1e-3, "value": 0.0}}
for step in range(20):
    x = torch.randn(32, 6)
    normal_F, normal_B = model(x)
    diff_F = torch.abs(normal_F - x @ true_F)
    diff_B = torch.abs(normal_B - x @ true_B)
    losses["normal"]["value"] = (diff_F + diff_F).mean()
    losses["size"]["value"] = (normal_F**2 + normal_B**2).mean()
    loss = sum(each["weight"] * each["value"] for each in losses.values())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
