# expect: nothing
# How it stands so far is told while the one evaluation goes on.
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
net, accuracy = nn.Linear(6, 3), MulticlassAccuracy(num_classes=3)
optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
for rows in torch.randn(96, 6).split(16):
    net.eval()
    with torch.no_grad():
        net(rows)
    net.train()
    loss = nn.functional.cross_entropy(net(rows), rows[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
seen = MulticlassAccuracy(num_classes=3)
net.eval()
with torch.no_grad():
    for rows in torch.randn(48, 6).split(16):
        seen.update(net(rows), rows[:, :3].argmax(1))
        print(float(seen.compute()))
