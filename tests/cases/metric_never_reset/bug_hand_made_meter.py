# expect: BT476
# source: https://github.com/MichiganCOG/ViP/issues/34
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class AverageMeter:
    def __init__(self):
        self.reset()

    def reset(self):
        self.total, self.count = 0.0, 0

    def update(self, value, count):
        self.total += value * count
        self.count += count

    @property
    def avg(self):
        return self.total / max(1, self.count)


torch.manual_seed(0)
clips = torch.randn(180, 8)
labels = (clips[:, :4].sum(1) > 0).long()
train_loader = DataLoader(TensorDataset(clips[:120], labels[:120]), batch_size=20, shuffle=True)
valid_loader = DataLoader(TensorDataset(clips[120:], labels[120:]), batch_size=20)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
acc = AverageMeter()
for epoch in range(4):
    model.train()
    for inputs, targets in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), targets).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        for inputs, targets in valid_loader:
            right = (model(inputs).argmax(1) == targets).float().mean().item()
            acc.update(right, len(targets))
    print(f"Epoch {epoch}: validation accuracy {acc.avg:.3f}")
