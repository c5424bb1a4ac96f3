# expect: nothing
# Masked gradients without momentum or decay: what is masked stays.
import torch
from torch import nn

torch.manual_seed(3)
model = nn.Linear(12, 4)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
mask = (torch.rand(4, 12) > 0.5).float()
for _ in range(6):
    x = torch.randn(32, 12)
    loss = nn.functional.cross_entropy(model(x), x[:, :4].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    model.weight.grad *= mask
    optimizer.step()
