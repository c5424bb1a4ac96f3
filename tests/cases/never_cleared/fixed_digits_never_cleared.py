# expect: nothing
# source: https://stackoverflow.com/questions/60335387/pytorch-mnist-example-not-converge
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, 1)
        self.fc1 = nn.Linear(144, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        return self.fc1(torch.flatten(x, 1))


torch.manual_seed(0)
data = TensorDataset(torch.randn(300, 1, 8, 8), torch.randint(0, 10, (300,)))
loader = DataLoader(data, batch_size=30, shuffle=True)
model = Net()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
for epoch in range(2):
    model.train()
    for batch, label in loader:
        optimizer.zero_grad()
        loss = criterion(model(batch), label)
        loss.backward()
        optimizer.step()
