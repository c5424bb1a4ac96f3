# expect: BT301 at update 1
# source: https://github.com/locuslab/open-unlearning/issues/178
# ends: RuntimeError
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint

torch.manual_seed(0)


class LoRALinear(nn.Module):
    def __init__(self, size, rank=2):
        super().__init__()
        self.base = nn.Linear(size, size)
        self.lora_A = nn.Parameter(torch.randn(rank, size) / size**0.5)
        self.lora_B = nn.Parameter(0.1 * torch.randn(size, rank))

    def forward(self, x):
        return self.base(x) + x @ self.lora_A.t() @ self.lora_B.t()


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(12, 8)
        self.layers = nn.ModuleList(nn.Sequential(LoRALinear(8), nn.Tanh()) for _ in range(2))
        self.score = nn.Linear(8, 3)

    def forward(self, ids):
        h = self.embed(ids)
        for layer in self.layers:
            h = checkpoint(layer, h, use_reentrant=True)
        return self.score(h.mean(1))


ids = torch.randint(0, 12, (64, 5))
labels = ids[:, 0] % 3
model = Tiny()
for name, p in model.named_parameters():
    p.requires_grad = "lora_" in name
optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=5e-3)
for idx in torch.randperm(64).split(16):
    loss = F.cross_entropy(model(ids[idx]), labels[idx])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
