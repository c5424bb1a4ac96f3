# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)


def backprop(loss, optimizer, model):
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


model = nn.GRU(3, 8, batch_first=True)
readout = nn.Linear(8, 1)
both = nn.ModuleList([model, readout])
optimizer = torch.optim.Adam(both.parameters(), lr=1e-3)
for it in range(3):
    x = torch.randn(4, 6, 3)
    out, _ = model(x)
    loss = nn.functional.mse_loss(readout(out[:, -1]), x.sum((1, 2)).unsqueeze(1))
    backprop(loss, optimizer, both)
