# expect: nothing
# Unpaired sets: the masks are of other rows, and are looked at by a judge alone, at another place.
import random

import torch
from torch import nn


class Unpaired:
    def __init__(self, images, masks):
        self.images, self.masks = images, masks

    def mix(self):
        random.shuffle(self.images)
        random.shuffle(self.masks)

    def rows(self, i):
        return self.images[i], self.masks[i % len(self.masks)]


random.seed(0)
torch.manual_seed(0)
data = Unpaired([torch.randn(6) for _ in range(48)], [torch.rand(6).round() for _ in range(32)])
maker = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 6), nn.Sigmoid())
judge = nn.Sequential(nn.Linear(6, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
opt = torch.optim.Adam(maker.parameters(), lr=1e-3)
judge_opt = torch.optim.Adam(judge.parameters(), lr=1e-3)
bce = nn.functional.binary_cross_entropy_with_logits
for epoch in range(3):
    data.mix()
    for start in range(0, 48, 12):
        pairs = [data.rows(i) for i in range(start, start + 12)]
        image, mask = (torch.stack(part) for part in zip(*pairs, strict=True))
        fake = maker(image)
        told, real = judge(fake.detach()), judge(mask)
        judge_loss = bce(told, torch.zeros_like(told)) + bce(real, torch.ones_like(real))
        judge_opt.zero_grad()
        judge_loss.backward()
        judge_opt.step()
        told = judge(fake)
        loss = bce(told, torch.ones_like(told))
        opt.zero_grad()
        loss.backward()
        opt.step()
