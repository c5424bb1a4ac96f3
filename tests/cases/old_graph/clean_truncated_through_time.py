# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
rnn, head = nn.RNN(2, 6, batch_first=True), nn.Linear(6, 2)
opt = torch.optim.SGD([*rnn.parameters(), *head.parameters()], lr=0.05)
text = torch.randn(3, 30, 2)
h = torch.zeros(1, 3, 6)
for t in range(0, 24, 6):
    h = h.detach()
    y, h = rnn(text[:, t : t + 6], h)
    loss = nn.functional.mse_loss(head(y), text[:, t + 1 : t + 7])
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(rnn.parameters(), 1.0)
    opt.step()
