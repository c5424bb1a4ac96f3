# expect: BT617 at update 1
# source: torch.nn.functional.normalize, PyTorch documentation: vectors along dimension 1
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
words, images = nn.Embedding(40, 16), nn.Sequential(nn.Linear(8, 16), nn.LayerNorm(16))
optimizer = torch.optim.Adam([*words.parameters(), *images.parameters()], lr=1e-2)
looks = torch.randn(40, 8)
for _ in range(4):
    ids = torch.randint(0, 40, (16, 6))
    said = F.normalize(words(ids))
    seen = F.normalize(images(looks[ids] + 0.1 * torch.randn(16, 6, 8)))
    scores = torch.einsum("awd,bpd->abwp", said, seen).amax(dim=3).mean(dim=2)
    loss = F.cross_entropy(10 * scores, torch.arange(16))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
