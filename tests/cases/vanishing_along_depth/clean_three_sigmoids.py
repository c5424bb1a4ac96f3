# expect: nothing
# A small net of sigmoids, as in a first lesson: its gradients shrink, but they arrive.
import torch
from torch import nn

torch.manual_seed(0)

model = nn.Sequential(
    nn.Linear(2, 8),
    nn.Sigmoid(),
    nn.Linear(8, 8),
    nn.Sigmoid(),
    nn.Linear(8, 8),
    nn.Sigmoid(),
    nn.Linear(8, 1),
)
x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
for _ in range(6):
    loss = nn.functional.binary_cross_entropy_with_logits(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
