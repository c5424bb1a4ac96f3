# expect: BT420 at update 1
# source: github.com/ZhaoJ9014/face.evoLVe, issue 180: the cross entropy is averaged before the focal factor
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(4):
    x = torch.randn(32, 6)
    bce = F.binary_cross_entropy_with_logits(model(x), (x[:, :1] > 0).float())
    pt = torch.exp(-1 * bce)
    loss = 0.25 * (1 - pt) ** 2 * bce
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
