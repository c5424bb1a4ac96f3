# expect: BT214 at update 6
# source: PyTorch tutorials, "Saving and Loading Models": state_dict() returns a reference
import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(64, 4), torch.randn(64, 1)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
best = float("inf")
for step in range(6):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    if loss.item() < best:
        best, state = loss.item(), model.state_dict()
    loss.backward()
    optimizer.step()
model.load_state_dict(state)
