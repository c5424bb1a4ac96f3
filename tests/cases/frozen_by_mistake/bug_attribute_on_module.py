# expect: BT205 at update 1
# source: discuss.pytorch.org, "requires_grad on a module does nothing: model.fc.requires_grad = True"
# also: BT301
# ends: RuntimeError
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential()
model.add_module("body", nn.Linear(8, 8))
model.add_module("relu", nn.ReLU())
model.add_module("fc", nn.Linear(8, 2))

for param in model.parameters():
    param.requires_grad = False
model.fc.requires_grad = True

optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
for _ in range(3):
    inputs, labels = torch.randn(6, 8), torch.randint(0, 2, (6,))
    optimizer.zero_grad()
    loss = criterion(model(inputs), labels)
    loss.backward()
    optimizer.step()
