# expect: BT202 at update 1
# source: PyTorch tutorials, "Transfer Learning for Computer Vision"; forum: "fc layer not training"
import torch
from torch import nn


class SmallNet(nn.Module):
    def __init__(self, classes=1000):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.fc = nn.Linear(4 * 6 * 6, classes)

    def forward(self, x):
        return self.fc(torch.relu(self.conv(x)).flatten(1))


torch.manual_seed(0)
model = SmallNet(classes=20)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
model.fc = nn.Linear(model.fc.in_features, 2)  # our own two classes
criterion = nn.CrossEntropyLoss()

model.train()
for step in range(4):
    images, labels = torch.randn(8, 1, 8, 8), torch.randint(0, 2, (8,))
    optimizer.zero_grad()
    loss = criterion(model(images), labels)
    loss.backward()
    optimizer.step()
