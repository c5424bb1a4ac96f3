"""Faces of a person are drawn together and those of others pushed away, by a margin."""

import torch
import torch.nn.functional as F
from torch import nn

PEOPLE, FACES = 12, 16


class Embedder(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(16, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU()
        )
        self.head = nn.Linear(64, 8)

    def forward(self, faces):
        return F.normalize(self.head(self.body(faces)), dim=1)


torch.manual_seed(0)
people = torch.arange(PEOPLE).repeat_interleave(FACES)
mixing = torch.randn(20, 16)
own = torch.randn(PEOPLE, 4)[people]
faces = torch.tanh(torch.cat([own, torch.randn(len(people), 16)], 1) @ mixing / 4)
model = Embedder()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
model.train()
for step in range(100):
    who = torch.randint(0, PEOPLE, (64,))
    other = (who + torch.randint(1, PEOPLE, (64,))) % PEOPLE
    first = torch.randint(0, FACES, (64,))
    second = (first + torch.randint(1, FACES, (64,))) % FACES
    third = torch.randint(0, FACES, (64,))
    rows = torch.cat([FACES * who + first, FACES * who + second, FACES * other + third])
    anchor, positive, negative = model(faces[rows]).chunk(3)
    loss = F.triplet_margin_loss(anchor, positive, negative, margin=0.5)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
