# expect: BT102 at update 1
# source: stackoverflow.com, "PyTorch model not learning: zero_grad between backward and step"
import torch
from torch import nn, optim

torch.manual_seed(0)

net = nn.Sequential(
    nn.Linear(4, 16),
    nn.ReLU(),
    nn.Linear(16, 3),
)
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)

inputs = torch.randn(30, 4)
labels = inputs[:, :3].argmax(1)

for epoch in range(5):
    outputs = net(inputs)
    loss = criterion(outputs, labels)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    print("epoch", epoch, "loss", loss.item())
