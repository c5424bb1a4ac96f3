# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
rnn, out = nn.GRU(4, 8, batch_first=True), nn.Linear(8, 3)
opt = torch.optim.Adam([*rnn.parameters(), *out.parameters()], 1e-3)
total, h = torch.zeros(()), None
for i in range(6):
    x, y = torch.randn(4, 5, 4), torch.randint(0, 3, (20,))
    o, h = rnn(x, h)
    h = h.detach()
    total = total.detach() + nn.functional.cross_entropy(out(o).flatten(0, 1), y)
    opt.zero_grad()
    total.backward()
    opt.step()
