# expect: nothing
# The query is normalised, and stays the parameter that it is.
import torch
from torch import nn


class Attn(nn.Module):
    def __init__(self):
        super().__init__()
        self.q = nn.Parameter(torch.randn(8))
        self.o = nn.Linear(8, 2)

    def forward(self, x):
        a = (x @ (self.q / self.q.norm())).softmax(1)
        return self.o((a.unsqueeze(-1) * x).sum(1))


torch.manual_seed(0)
m = Attn()
opt = torch.optim.Adam(m.parameters(), 1e-2)
for i in range(5):
    loss = nn.functional.cross_entropy(m(torch.randn(6, 5, 8)), torch.randint(0, 2, (6,)))
    opt.zero_grad()
    loss.backward()
    opt.step()
