# expect: BT402 at update 1
# source: torch.nn.functional.log_softmax, PyTorch documentation
import torch
import torch.nn.functional as F

torch.manual_seed(0)
net = torch.nn.Linear(6, 4)
opt = torch.optim.SGD(net.parameters(), lr=0.5)
for _ in range(4):
    x = torch.randn(12, 6)
    y = x[:, :4].argmax(1)
    p = F.softmax(net(x), dim=1)
    loss = -F.log_softmax(p, dim=1)[torch.arange(12), y].mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
