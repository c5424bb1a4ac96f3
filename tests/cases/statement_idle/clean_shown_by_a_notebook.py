# expect: nothing
# The cells of a notebook, one behind the other: it shows what the last line of each gives.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(10):
    inputs = torch.randn(16, 4)
    loss = nn.functional.mse_loss(model(inputs), inputs.mean(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
model
inputs.mul(2)
with torch.no_grad():
    outputs = model(torch.randn(16, 4))
outputs.squeeze()
