# expect: nothing
# source: https://github.com/huggingface/transformers/pull/33844
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Attention(nn.Module):
    def __init__(self, width, heads, dropout):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.into, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        parts = self.into(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        share = self.dropout if self.training else 0.0
        mixed = F.scaled_dot_product_attention(*parts, dropout_p=share)
        return self.out(mixed.transpose(1, 2).flatten(2))


model = nn.Sequential(nn.Embedding(9, 16), Attention(16, 2, dropout=0.2), nn.Linear(16, 9))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
words = torch.randint(0, 9, (32, 6))
for _ in range(3):
    model.train()
    for batch in words[:24].split(8):
        loss = F.cross_entropy(model(batch).transpose(1, 2), batch.roll(1, 1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print((model(words[24:]).argmax(2) == words[24:].roll(1, 1)).float().mean().item())
