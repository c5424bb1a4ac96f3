# expect: nothing
import torch
import torch.nn.functional as F

torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.SiLU(), torch.nn.Linear(8, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(4):
    x = torch.randn(30, 3)
    y = (x.sum(1) > 1).float()
    z = net(x)[:, 0]
    p = torch.sigmoid(z)
    weight = torch.where(y > 0, 1 - p, p) ** 2
    loss = (weight * F.binary_cross_entropy_with_logits(z, y, reduction="none")).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
