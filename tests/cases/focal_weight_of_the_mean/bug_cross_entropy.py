# expect: BT420 at update 1
# source: github.com/ZhaoJ9014/face.evoLVe, issue 180: the cross entropy is averaged before the focal factor
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(4):
    x = torch.randn(32, 6)
    ce = F.cross_entropy(model(x), x[:, :3].argmax(1))
    loss = (1 - torch.exp(-ce)) ** 2 * ce
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
