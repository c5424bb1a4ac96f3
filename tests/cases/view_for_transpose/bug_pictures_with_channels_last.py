# expect: BT416 at update 1
# source: stackoverflow.com, "convert NHWC to NCHW in PyTorch" (view where permute belongs)
import torch
from torch import nn

torch.manual_seed(0)
pictures = torch.rand(32, 10, 10, 3)
kinds = (pictures[..., 0].mean((1, 2)) > 0.5).long()
net = nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 64, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.01)
for _ in range(2):
    for rows in range(0, 32, 8):
        x = pictures[rows : rows + 8].reshape(-1, 3, 10, 10)
        loss = nn.functional.cross_entropy(net(x), kinds[rows : rows + 8])
        opt.zero_grad()
        loss.backward()
        opt.step()
