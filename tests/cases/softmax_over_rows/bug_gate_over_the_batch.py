# expect: BT428 at update 2
# source: torch.nn.Softmax, PyTorch documentation: dim is the axis along which it adds up to 1
import torch
from torch import nn

torch.manual_seed(0)
gate, experts = nn.Linear(4, 3), nn.ModuleList(nn.Linear(4, 2) for _ in range(3))
opt = torch.optim.SGD([*gate.parameters(), *experts.parameters()], lr=0.1)
for _ in range(6):
    x, y = torch.randn(20, 4), torch.randint(0, 2, (20,))
    share = gate(x).softmax(0)
    mixed = sum(share[:, i : i + 1] * expert(x) for i, expert in enumerate(experts))
    opt.zero_grad()
    nn.functional.cross_entropy(mixed, y).backward()
    opt.step()
