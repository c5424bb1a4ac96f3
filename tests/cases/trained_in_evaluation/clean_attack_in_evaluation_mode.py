# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(12):
    x = torch.randn(32, 6)
    y = x[:, :3].argmax(1)
    model.eval()
    moved = x.clone().requires_grad_()
    loss = nn.functional.cross_entropy(model(moved), y)
    (gradient,) = torch.autograd.grad(loss, moved)
    model.train()
    loss = nn.functional.cross_entropy(model(x + 0.1 * gradient.sign()), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
