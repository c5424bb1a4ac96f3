# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
m = nn.Sequential(nn.Linear(5, 12), nn.ReLU(), nn.Linear(12, 3))
opt = torch.optim.SGD(m.parameters(), 0.05, momentum=0.9)
for i in range(5):
    bank = []
    for w in range(3):  # three simulated workers, all-reduced by hand
        m.zero_grad()
        nn.functional.cross_entropy(m(torch.randn(8, 5)), torch.randint(0, 3, (8,))).backward()
        bank.append([p.grad.clone() for p in m.parameters()])
    for p, *gs in zip(m.parameters(), *bank):
        p.grad = torch.stack(gs).mean(0)
    opt.step()
