# expect: nothing
# A recurrent net whose gradients are large, and clipped.
import torch
from torch import nn

torch.manual_seed(0)

rnn = nn.RNN(4, 16, nonlinearity="relu", batch_first=True)
head = nn.Linear(16, 1)
with torch.no_grad():
    rnn.weight_hh_l0.copy_(1.3 * torch.eye(16))
parameters = [*rnn.parameters(), *head.parameters()]
optimizer = torch.optim.SGD(parameters, lr=1e-3)
for _ in range(5):
    x = torch.randn(8, 20, 4)
    out, _ = rnn(x)
    loss = nn.functional.mse_loss(head(out[:, -1]), x.sum((1, 2))[:, None])
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    optimizer.step()
