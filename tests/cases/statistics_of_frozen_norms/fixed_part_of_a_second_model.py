# expect: nothing
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, backbone, classes):
        super().__init__()
        self.backbone = backbone
        self.fc = nn.Linear(16, classes)

    def forward(self, x):
        return self.fc(self.backbone(x))


def pretrain():
    model = Classifier(nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU()), 2)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(12):
        x = torch.randn(32, 8)
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long()).backward()
        optimizer.step()
    return model


def probe(pretrained):
    model = Classifier(pretrained.backbone, 3)
    for name, parameter in model.named_parameters():
        parameter.requires_grad = name.startswith("fc")
    optimizer = torch.optim.SGD(model.fc.parameters(), lr=0.05)
    for _ in range(2):
        model.train()
        model.backbone.eval()
        for _ in range(8):
            x = 3 * torch.randn(32, 8) + 1
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), x[:, :3].argmax(1)).backward()
            optimizer.step()


torch.manual_seed(0)
probe(pretrain())
