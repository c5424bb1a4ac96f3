# expect: BT401 at update 1
# source: Broadcasting semantics, PyTorch documentation
import torch
from torch import nn

torch.manual_seed(0)


class F_(nn.Module):
    def __init__(self):
        super().__init__()
        self.g = nn.GRU(1, 8, batch_first=True)
        self.o = nn.Linear(8, 1)

    def forward(self, x):
        return self.o(self.g(x)[0])  # (N, T, 1)


f = F_()
opt = torch.optim.Adam(f.parameters(), 1e-3)
for _ in range(4):
    s = torch.randn(4, 7)
    loss = ((f(s[:, :-1, None]) - s[:, None, 1:]) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
