# expect: nothing
# never: BT462
import torch
from torch import nn

torch.manual_seed(0)
lowest, best_net = float("inf"), None
for seed in range(3):
    net = nn.Linear(4, 2)
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(3):
        x = torch.randn(16, 4)
        loss = nn.functional.cross_entropy(net(x), x[:, :2].argmax(1))
        opt.zero_grad()
        loss.backward()
        opt.step()
    if loss.item() < lowest:
        lowest, best_net = loss.item(), net
    if best_net is None:
        best_net = net
print(best_net(torch.randn(2, 4)))
