# expect: nothing
# source: https://github.com/pytorch/pytorch/issues/41508
import torch
from torch import nn

torch.manual_seed(0)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(9, 8, padding_idx=0)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.out = nn.Linear(8, 3)

    def forward(self, ids):
        real = ids != 0
        mask = ~real[:, None, :].expand(-1, ids.shape[1], -1).repeat_interleave(2, 0)
        x = self.table(ids)
        return self.out(x + self.attention(x, x, x, attn_mask=mask)[0])


model = Tagger()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
ids = torch.randint(1, 9, (32, 6))
ids[::2, 4:] = 0
for _ in range(4):
    for rows in torch.randperm(32).split(8):
        optimizer.zero_grad()
        said = model(ids[rows]).transpose(1, 2)
        nn.functional.cross_entropy(said, ids[rows] % 3, ignore_index=0).backward()
        optimizer.step()
