# expect: BT476
# source: https://github.com/Lightning-AI/torchmetrics/issues/269
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


class Run:
    def __init__(self):
        self.net = nn.Linear(6, 3)
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=0.02)
        self.valid_acc = MulticlassAccuracy(num_classes=3)

    def fit(self, inputs, held_out):
        for epoch in range(3):
            for rows in inputs.split(32):
                loss = nn.functional.cross_entropy(self.net(rows), rows[:, :3].argmax(1))
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
            self.net.eval()
            with torch.no_grad():
                for rows in held_out.split(16):
                    self.valid_acc.update(self.net(rows), rows[:, :3].argmax(1))
            self.net.train()
            print(epoch, float(self.valid_acc.compute()))


torch.manual_seed(0)
Run().fit(torch.randn(96, 6), torch.randn(48, 6))
