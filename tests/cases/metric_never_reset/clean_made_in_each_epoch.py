# expect: nothing
# A new metric in each epoch.
import torch
from torch import nn

try:
    from torchmetrics.classification import MulticlassAccuracy
except ImportError:  # the same, as far as it is used here

    class MulticlassAccuracy:
        def __init__(self, num_classes):
            self.right = self.count = 0

        def update(self, said, wanted):
            self.right += (said.argmax(1) == wanted).sum()
            self.count += len(wanted)

        def compute(self):
            return self.right / self.count

        def reset(self):
            self.right = self.count = 0


torch.manual_seed(0)
inputs, held_out = torch.randn(96, 6), torch.randn(48, 6)
net = nn.Linear(6, 3)
optimizer = torch.optim.Adam(net.parameters(), lr=0.02)


def validate():
    net.eval()
    accuracy = MulticlassAccuracy(num_classes=3)
    with torch.no_grad():
        for rows in held_out.split(16):
            accuracy.update(net(rows), rows[:, :3].argmax(1))
    return float(accuracy.compute())


def train():
    net.train()
    for rows in inputs.split(32):
        loss = nn.functional.cross_entropy(net(rows), rows[:, :3].argmax(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


for epoch in range(3):
    train()
    print(epoch, validate())
