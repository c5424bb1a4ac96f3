# expect: BT448 at update 1
# source: https://github.com/mlcommons/GaNDLF/pull/870
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
scans = torch.rand(40, 1, 8, 8)
outlines = (scans > 0.6).float()


class Trainer:
    def __init__(self, device="cpu"):
        self.device = device
        self.net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 1)).to(
            device
        )
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=1e-2)
        self.criterion = nn.BCEWithLogitsLoss()
        self.scans = DataLoader(TensorDataset(scans), batch_size=8, shuffle=True)
        self.outlines = DataLoader(TensorDataset(outlines), batch_size=8, shuffle=True)

    def epoch(self):
        for index, ((image,), (mask,)) in enumerate(zip(self.scans, self.outlines)):
            image, mask = image.to(self.device), mask.to(self.device)
            logits = self.net(image)
            loss = self.criterion(logits, mask)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()


trainer = Trainer()
for _ in range(3):
    trainer.epoch()
