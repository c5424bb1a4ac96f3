# expect: BT547 at update 1
# source: github.com/Sllambias/asparagus, pull request 12: the masked-only loss of the visible ones
# A masked autoencoder as its authors wrote it, with the mask turned round before the loss.
import torch
from torch import nn


class MaskedAutoencoder(nn.Module):
    def __init__(self, places=16, pixels=12, size=24):
        super().__init__()
        self.embed = nn.Linear(pixels, size)
        self.position = nn.Parameter(torch.randn(1, places, size) * 0.02)
        self.encoder = nn.TransformerEncoderLayer(size, 2, 48, batch_first=True)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, size))
        self.decoder = nn.TransformerEncoderLayer(size, 2, 48, batch_first=True)
        self.pred = nn.Linear(size, pixels)

    def random_masking(self, x, mask_ratio):
        rows, places, size = x.shape
        len_keep = int(places * (1 - mask_ratio))
        ids_shuffle = torch.rand(rows, places).argsort(dim=1)
        ids_restore = ids_shuffle.argsort(dim=1)
        kept = ids_shuffle[:, :len_keep].unsqueeze(-1).repeat(1, 1, size)
        mask = torch.ones(rows, places)
        mask[:, :len_keep] = 0
        return x.gather(1, kept), mask.gather(1, ids_restore), ids_restore

    def forward(self, patches, mask_ratio=0.75):
        x = self.embed(patches) + self.position
        x, mask, ids_restore = self.random_masking(x, mask_ratio)
        x = self.encoder(x)
        rows, kept, size = x.shape
        tokens = self.mask_token.repeat(rows, ids_restore.shape[1] - kept, 1)
        x = torch.cat([x, tokens], dim=1)
        x = x.gather(1, ids_restore.unsqueeze(-1).repeat(1, 1, size))
        pred = self.pred(self.decoder(x + self.position))
        loss = ((pred - patches) ** 2).mean(dim=-1)
        mask = 1 - mask
        return (loss * mask).sum() / mask.sum()


torch.manual_seed(0)
data = torch.randn(64, 16, 12)
model = MaskedAutoencoder()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
for _ in range(2):
    for patches in data.split(16):
        loss = model(patches)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
