# expect: BT430 at update 3
# source: github.com/Kim-Minseon/RoCL, issue 3 (a minus is missing before a cosine similarity)
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
wanted = torch.randn(10, 8)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for _ in range(20):
    x = torch.randn(64, 10)
    said = net(x)
    loss = F.cosine_similarity(said, x @ wanted).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
