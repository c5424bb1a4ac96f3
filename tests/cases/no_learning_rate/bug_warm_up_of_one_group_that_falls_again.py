# expect: BT508 at update 4
# source: hand-made warm-up schedules that set param_groups[0] alone
# The rate of the first group is set by hand, up and down again; the head's stays at zero.
import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(96, 6), torch.randint(2, (96,))
body, head = nn.Sequential(nn.Linear(6, 8), nn.Tanh()), nn.Linear(8, 2)
optimizer = torch.optim.Adam([{"params": body.parameters()}, {"params": head.parameters()}], lr=0.0)
for step in range(12):
    rate = 1e-2 * ((step + 1) / 4 if step < 4 else 1 - (step - 3) / 8)
    optimizer.param_groups[0]["lr"] = rate
    rows = slice(8 * step, 8 * step + 8)
    loss = nn.functional.cross_entropy(head(body(x[rows])), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
