"""Two views of the same things find each other in a batch; the temperature is learned."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class Pairing(nn.Module):
    def __init__(self):
        super().__init__()
        self.images = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 8))
        self.texts = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
        self.log_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def forward(self, images, texts):
        a = F.normalize(self.images(images), dim=1)
        b = F.normalize(self.texts(texts), dim=1)
        return self.log_scale.clamp(max=math.log(100)).exp() * a @ b.T


torch.manual_seed(0)
things = torch.randn(512, 4)
images = things @ torch.randn(4, 12) + 0.1 * torch.randn(512, 12)
texts = torch.tanh(things @ torch.randn(4, 10) / 2) + 0.1 * torch.randn(512, 10)
model = Pairing()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(5):
    for rows in torch.randperm(512).split(64):
        logits = model(images[rows], texts[rows])
        own = torch.arange(len(rows))
        image_loss = F.cross_entropy(logits, own)
        text_loss = F.cross_entropy(logits.T, own)
        loss = (image_loss + text_loss) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
