# expect: BT416 at update 1
# source: github.com/zhouhaoyi/Informer2020, issue 59
import torch
from torch import nn

torch.manual_seed(0)
HEADS = 4
embed, project, out = nn.Embedding(20, 24), nn.Linear(24, 72), nn.Linear(24, 20)
optimizer = torch.optim.AdamW(
    [*embed.parameters(), *project.parameters(), *out.parameters()], lr=3e-3
)
for _ in range(4):
    words = torch.randint(20, (6, 12))
    q, k, v = (each.unflatten(-1, (HEADS, -1)) for each in project(embed(words)).chunk(3, -1))
    q, k, v = (each.transpose(1, 2) for each in (q, k, v))
    heard = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    heard = heard.contiguous().view(6, 12, HEADS, -1)
    optimizer.zero_grad()
    nn.functional.cross_entropy(
        out(heard.flatten(2))[:, :-1].flatten(0, 1), words[:, 1:].flatten()
    ).backward()
    optimizer.step()
