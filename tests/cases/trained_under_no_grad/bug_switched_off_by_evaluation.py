# expect: BT304 at update 3
# source: torch.set_grad_enabled, PyTorch documentation
import torch
from torch import nn

torch.manual_seed(0)
m = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 2))
opt = torch.optim.Adam(m.parameters())


def evaluate():
    torch.set_grad_enabled(False)
    m.eval()
    a = (m(torch.randn(10, 5)).argmax(1) == 0).float().mean().item()
    m.train()
    return a


for e in range(3):
    for _ in range(2):
        x, y = torch.randn(8, 5), torch.randint(0, 2, (8,))
        loss = nn.functional.cross_entropy(m(x), y)
        opt.zero_grad()
        if loss.requires_grad:
            loss.backward()
        opt.step()
    print(evaluate())
