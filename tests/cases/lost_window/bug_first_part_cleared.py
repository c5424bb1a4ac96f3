# expect: BT110
# line: model.zero_grad()
# source: github.com/ultralytics/ultralytics, pull request 11217
# The count goes on over the epochs, 11 batches each: of some windows of 4 a part is cleared.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
pictures = torch.randn(88, 10)
data = TensorDataset(pictures, pictures[:, :4].argmax(1))
loader = DataLoader(data, batch_size=8, shuffle=True)
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
done = 0

for epoch in range(6):
    model.zero_grad()
    for x, y in loader:
        (nn.functional.cross_entropy(model(x), y) / 4).backward()
        done += 1
        if done % 4 == 0:
            optimizer.step()
            optimizer.zero_grad()
