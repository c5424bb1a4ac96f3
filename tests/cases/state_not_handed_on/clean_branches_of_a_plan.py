# expect: nothing
# A model of a world is asked from one state what each of five actions brings, and goes on from one.
import torch
from torch import nn

torch.manual_seed(2)
first, cell, head = nn.Linear(6, 12), nn.GRUCell(5, 12), nn.Linear(12, 1)
model = nn.ModuleList([first, cell, head])
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
actions = torch.eye(5)
for _ in range(6):
    seen = torch.randn(8, 6)
    state = first(seen).tanh()
    loss = torch.zeros(())
    for _ in range(3):
        results = [cell(action.expand(8, 5), state) for action in actions]
        values = torch.stack([head(result)[:, 0] for result in results], dim=1)
        loss = loss + nn.functional.mse_loss(values, seen[:, :5])
        state = results[-1]
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
