# expect: nothing
# The count of micro-batches goes on over the epochs, so each window is whole.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
model = nn.Linear(4, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(40, 4)
loader = DataLoader(TensorDataset(x, x[:, :3].argmax(1)), batch_size=8, shuffle=True)
count = 0
for epoch in range(2):
    for xb, yb in loader:
        (nn.functional.cross_entropy(model(xb), yb) / 2).backward()
        count += 1
        if count % 2 == 0:
            optimizer.step()
            optimizer.zero_grad()
