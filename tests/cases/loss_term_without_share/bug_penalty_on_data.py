# expect: BT407 at update 2
# source: Autograd mechanics, "Locally disabling gradient computation", PyTorch documentation
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.SGD(model.parameters(), lr=0.1)


def l1(m):
    return sum(p.data.abs().sum() for p in m.parameters())


for i in range(5):
    x, y = torch.randn(16, 8), torch.randint(0, 2, (16,))
    loss = nn.functional.cross_entropy(model(x), y) + 1e-3 * l1(model)
    opt.zero_grad()
    loss.backward()
    opt.step()
    print(loss.item())
