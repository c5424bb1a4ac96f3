# expect: nothing
import torch
import torch.nn.functional as F

torch.manual_seed(0)
net = torch.nn.Linear(7, 3)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
scale = torch.nn.Parameter(torch.ones(3))
opt.add_param_group({"params": [scale], "lr": 0.01})
for _ in range(4):
    x = torch.randn(9, 7)
    out = net(x) * scale
    out = out - out.mean(dim=1, keepdim=True)
    weight = torch.rand(9)
    loss = (
        weight * F.cross_entropy(out, x[:, :3].argmax(1), reduction="none")
    ).sum() / weight.sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
