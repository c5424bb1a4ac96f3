"""Small graphs of atoms, padded to one size: is there an atom of one kind beside its like?"""

import torch
import torch.nn.functional as F
from torch import nn

ATOMS, KINDS = 8, 4


class Layer(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.own, self.around = nn.Linear(width, out), nn.Linear(width, out)

    def forward(self, x, bonds):
        return torch.relu(self.own(x) + bonds @ self.around(x))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(KINDS, 16)
        self.first, self.second = Layer(16, 32), Layer(32, 32)
        self.head = nn.Linear(32, 1)

    def forward(self, kinds, bonds, there):
        x = self.second(self.first(self.embed(kinds), bonds), bonds)
        there = there[:, :, None].float()
        return self.head((x * there).sum(1) / there.sum(1)).squeeze(1)


torch.manual_seed(0)
there = torch.arange(ATOMS) < torch.randint(4, ATOMS + 1, (320, 1))
kinds = torch.randint(0, KINDS, (320, ATOMS))
bonds = (torch.rand(320, ATOMS, ATOMS) < 0.35).triu(1) & there[:, :, None] & there[:, None]
bonds = bonds | bonds.transpose(1, 2)
pairs = (kinds[:, :, None] == 0) & (kinds[:, None] == 0) & bonds
labels = pairs.flatten(1).any(1).float()
bonds = bonds.float()
model = Network()
positive = labels.mean()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(15):
    for rows in torch.randperm(320).split(32):
        logits = model(kinds[rows], bonds[rows], there[rows])
        balance = (1 - positive) / positive
        loss = F.binary_cross_entropy_with_logits(logits, labels[rows], pos_weight=balance)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
