# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv1d(2, 8, 3, padding=1), nn.BatchNorm1d(8)
        self.conv2, self.norm2 = nn.Conv1d(8, 8, 3, padding=1), nn.BatchNorm1d(8)

    def forward(self, x):
        x = torch.relu(self.norm1(self.conv1(x)))
        return torch.relu(self.norm2(self.conv2(x))).mean(2)


def freeze(module, freeze_bn=True):
    for part in module.modules():
        if freeze_bn or not isinstance(part, nn.BatchNorm1d):
            part.requires_grad_(False)
        if freeze_bn and isinstance(part, nn.BatchNorm1d):
            part.eval()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))

    def forward(self, x):
        return self.head(self.encoder(x))


model = Net()
freeze(model.encoder, freeze_bn=True)
optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=3e-3)
for _ in range(30):
    x = torch.randn(32, 2, 12)
    y = (x[:, 0].mean(1) > x[:, 1].mean(1)).long()
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
