# expect: nothing
import torch
from torch import nn
from torch.nn import functional as F


class Attention(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.qkv, self.dropout = nn.Linear(16, 48), dropout

    def forward(self, x):
        share = self.dropout if self.training else 0.0
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        weights = F.dropout((q @ k.transpose(1, 2) / 4).softmax(-1), share)
        return weights @ v


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.attention = nn.Embedding(40, 16), Attention(0.4)
        self.head = nn.Linear(16, 2)

    def forward(self, ids):
        return self.head(self.attention(self.embedding(ids)).mean(1))


torch.manual_seed(0)
net = Net()
optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3)
for epoch in range(3):
    net.train()
    for _ in range(6):
        ids = torch.randint(0, 40, (32, 8))
        loss = F.cross_entropy(net(ids), (ids < 20).sum(1).gt(3).long())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        net(torch.randint(0, 40, (32, 8)))
