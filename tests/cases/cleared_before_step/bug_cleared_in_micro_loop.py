# expect: BT102 at update 2
# source: discuss.pytorch.org, "Why do we need to set the gradients manually to zero in pytorch?"
# zero_grad belongs before the loop over the micro-batches.
import torch
from torch import nn

torch.manual_seed(0)
m = nn.LSTM(4, 8, batch_first=True)
h = nn.Linear(8, 2)
opt = torch.optim.AdamW([*m.parameters(), *h.parameters()], 1e-3)
for step in range(4):
    for micro in range(4):
        opt.zero_grad()
        x, y = torch.randn(4, 5, 4), torch.randint(0, 2, (4,))
        loss = nn.functional.cross_entropy(h(m(x)[0][:, -1]), y) / 4
        loss.backward()
    opt.step()
