# expect: nothing
# One row at a time: the greatest place of all is that of the row.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(200, 6)
y = x[:, :3].argmax(1)
model = nn.Linear(6, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
correct = 0
for row, wanted in zip(x, y, strict=True):
    scores = model(row[None])
    loss = nn.functional.cross_entropy(scores, wanted[None])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    correct += (scores.argmax() == wanted).sum().item()
print(correct)
