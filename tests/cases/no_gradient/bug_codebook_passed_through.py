# expect: BT204 at update 2
# source: github.com/showlab/Olaf-World, issue 8
import torch
import torch.nn.functional as F
from torch import nn


class Quantizer(nn.Module):
    def __init__(self):
        super().__init__()
        self.codes = nn.Embedding(8, 4)

    def forward(self, encoded):
        nearest = torch.cdist(encoded, self.codes.weight).argmin(1)
        vectors = self.codes(nearest)
        passed = encoded + (vectors - encoded).detach()
        return passed, vectors


torch.manual_seed(0)
model = nn.ModuleDict(
    {"encoder": nn.Linear(6, 4), "quantizer": Quantizer(), "decoder": nn.Linear(4, 6)}
)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(8):
    x = torch.randn(32, 6)
    encoded = model["encoder"](x)
    passed, vectors = model["quantizer"](encoded)
    codebook = F.mse_loss(passed, encoded.detach())
    commitment = F.mse_loss(encoded, vectors.detach())
    loss = F.mse_loss(model["decoder"](passed), x) + codebook + 0.25 * commitment
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
