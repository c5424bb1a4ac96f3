# expect: nothing
import torch
import torch.nn.functional as F

torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(5):
    x = torch.randn(20, 4)
    y = x.sum(1, keepdim=True)
    output = net(x)
    loss = F.mse_loss(output, y) + 1e-3 * sum(p.square().sum() for p in net.parameters())
    mae = F.l1_loss(output.detach(), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    print(loss.item(), mae.item())
