# expect: BT469 at update 1
# source: stackoverflow.com, "multi-head attention from scratch does not learn" (dim=-2)
import torch
from torch import nn


class Heads(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.qkv, self.heads = nn.Linear(width, 3 * width), heads
        self.drop = nn.Dropout(0.1)

    def forward(self, x):
        rows, length, width = x.shape
        q, k, v = self.qkv(x).view(rows, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        scores = torch.matmul(q, k.transpose(-2, -1)) / 2.0
        later = torch.ones(length, length).triu(1).bool()
        weights = self.drop(scores.masked_fill(later, -1e9).softmax(dim=-2))
        return torch.matmul(weights, v).transpose(1, 2).reshape(rows, length, width)


torch.manual_seed(0)
net = nn.Sequential(nn.Embedding(11, 16), Heads(16, 4), nn.Linear(16, 11))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(6):
    ids = torch.randint(11, (8, 7))
    out = net(ids[:, :-1])
    loss = nn.functional.cross_entropy(out.flatten(0, 1), ids[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    opt.step()
