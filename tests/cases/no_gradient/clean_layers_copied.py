# expect: nothing
"""The layer of which an encoder makes its copies is kept as an attribute, and so is a block."""

import copy

import torch
from torch import nn


class Tagger(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.encoder_layer = nn.TransformerEncoderLayer(width, 2, 16, batch_first=True)
        self.encoder = nn.TransformerEncoder(self.encoder_layer, num_layers=2)
        self.block = nn.Sequential(nn.Linear(width, width), nn.ReLU())
        self.blocks = nn.ModuleList([copy.deepcopy(self.block) for _ in range(2)])
        self.out = nn.Linear(width, 3)

    def forward(self, x):
        x = self.encoder(x)
        for block in self.blocks:
            x = x + block(x)
        return self.out(x)


torch.manual_seed(0)
model = Tagger()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(6):
    x = torch.randn(8, 5, 8)
    loss = nn.functional.cross_entropy(model(x).flatten(0, 1), x[..., :3].argmax(-1).flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
