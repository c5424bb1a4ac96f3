# expect: nothing
# A shared body follows two tasks on purpose: each head steps after its own backward, the body last.
import torch
from torch import nn

torch.manual_seed(0)
body = nn.Sequential(nn.Linear(6, 16), nn.Tanh())
first, second = nn.Linear(16, 1), nn.Linear(16, 3)
of_body = torch.optim.SGD(body.parameters(), lr=0.05)
of_first = torch.optim.SGD(first.parameters(), lr=0.05)
of_second = torch.optim.SGD(second.parameters(), lr=0.05)
for x in torch.randn(14, 32, 6):
    for optimizer in (of_body, of_first, of_second):
        optimizer.zero_grad()
    hidden = body(x)
    nn.functional.mse_loss(first(hidden), x[:, :1] + x[:, 1:2]).backward(retain_graph=True)
    of_first.step()
    nn.functional.cross_entropy(second(hidden), x[:, :3].argmax(1)).backward()
    of_second.step()
    of_body.step()
