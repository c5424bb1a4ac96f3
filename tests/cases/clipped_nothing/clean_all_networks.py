# expect: nothing
# Both networks are clipped in every update, though only one of them has gradients at a time.
import torch
from torch import nn

torch.manual_seed(0)
first, second = nn.Linear(4, 4), nn.Linear(4, 4)
optimizers = [torch.optim.SGD(m.parameters(), lr=0.1) for m in (first, second)]
for i, x in enumerate(torch.randn(6, 8, 4)):
    model, optimizer = ((first, optimizers[0]), (second, optimizers[1]))[i % 2]
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x.flip(1)).backward()
    for each in (first, second):
        nn.utils.clip_grad_norm_(each.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
