# expect: nothing
# Everything is written in place, or what is given is kept.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.GRU(4, 8, batch_first=True)
head = nn.Linear(8, 1)
optimizer = torch.optim.Adam([*model.parameters(), *head.parameters()], lr=1e-2)
state = torch.zeros(1, 16, 8)
for _ in range(10):
    inputs = torch.randn(16, 5, 4)
    outputs, state = model(inputs, state)
    loss = nn.functional.mse_loss(head(outputs), inputs.mean(2, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    state.detach_()
    state = state.clamp(-1, 1)
