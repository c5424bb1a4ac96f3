# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential()
model.add_module("backbone", nn.Sequential(nn.Linear(6, 12), nn.ReLU()))
model.add_module("head", nn.Linear(12, 2))
opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)


def freeze_backbone_grads():
    for p in model.backbone.parameters():
        p.grad = None


for epoch in range(6):
    x, y = torch.randn(32, 6), torch.randint(0, 2, (32,))
    opt.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    if epoch >= 2:  # backbone is trained long enough
        freeze_backbone_grads()
    opt.step()
