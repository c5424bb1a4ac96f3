# expect: nothing
# With time first, attention weights add up to 1 over the first axis.
import torch
from torch import nn

torch.manual_seed(0)
rnn, score, out = nn.GRU(3, 6), nn.Linear(6, 1), nn.Linear(6, 2)
opt = torch.optim.Adam([p for m in (rnn, score, out) for p in m.parameters()], lr=1e-2)
for _ in range(6):
    x, y = torch.randn(16, 8, 3), torch.randint(0, 2, (8,))
    states, _ = rnn(x)
    weights = score(states).squeeze(2).softmax(0)
    opt.zero_grad()
    nn.functional.cross_entropy(out((weights.unsqueeze(2) * states).sum(0)), y).backward()
    opt.step()
