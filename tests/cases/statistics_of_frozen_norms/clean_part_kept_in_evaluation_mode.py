# expect: nothing
# A probe on a backbone that was trained before: its train() keeps the backbone in evaluation mode.
import torch
from torch import nn

torch.manual_seed(0)
backbone = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU())
head = nn.Linear(16, 4)
inputs = torch.randn(256, 8)
targets = inputs[:, :4].argmax(1)
optimizer = torch.optim.Adam([*backbone.parameters(), *head.parameters()], lr=1e-2)
for rows in torch.randperm(256).split(16):
    loss = nn.functional.cross_entropy(head(backbone(inputs[rows])), targets[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


class Probe(nn.Module):
    def __init__(self, part):
        super().__init__()
        self.backbone, self.head = part.requires_grad_(False), nn.Linear(16, 2)

    def train(self, mode=True):
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, rows):
        return self.head(self.backbone(rows))


model = Probe(backbone).train()
probe_optimizer = torch.optim.SGD(model.head.parameters(), lr=0.1)
for rows in torch.randperm(256).split(16):
    loss = nn.functional.cross_entropy(model(inputs[rows]), targets[rows] % 2)
    probe_optimizer.zero_grad()
    loss.backward()
    probe_optimizer.step()
