# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
ids = torch.randint(1, 12, (64, 7))
ids[torch.arange(7) >= torch.randint(3, 8, (64, 1))] = 0
embed, cell, head = nn.Embedding(12, 8, padding_idx=0), nn.GRUCell(8, 16), nn.Linear(16, 12)
opt = torch.optim.Adam([p for m in (embed, cell, head) for p in m.parameters()], lr=1e-2)
for i in range(0, 64, 16):
    words, state, loss = ids[i : i + 16], torch.zeros(16, 16), 0.0
    for t in range(6):
        state = cell(embed(words[:, t]), state)
        loss = loss + F.cross_entropy(head(state), words[:, t + 1], ignore_index=0)
    opt.zero_grad()
    (loss / 6).backward()
    opt.step()
