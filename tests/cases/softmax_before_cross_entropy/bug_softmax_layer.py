# expect: BT402 at update 1
# source: torch.nn.CrossEntropyLoss, PyTorch documentation; stackoverflow.com, "Should I use softmax as output when using cross entropy loss in pytorch?"
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class MNISTNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.fc = nn.Linear(4 * 36, 10)
        self.softmax = nn.Softmax(dim=1)

    def forward(self, x):
        x = torch.relu(self.conv(x)).flatten(1)
        return self.softmax(self.fc(x))


torch.manual_seed(0)
images, labels = torch.rand(48, 1, 8, 8), torch.randint(0, 10, (48,))
model = MNISTNet()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for data, target in DataLoader(TensorDataset(images, labels), batch_size=16):
    optimizer.zero_grad()
    loss = criterion(model(data), target)
    loss.backward()
    optimizer.step()
