# expect: nothing
# source: https://github.com/snap-stanford/pretrain-gnns/issues/49
import torch
from torch import nn

torch.manual_seed(0)


class Layer(nn.Module):
    """One round of messages along bonds, each of a kind."""

    def __init__(self, width, kinds):
        super().__init__()
        self.kind = nn.Embedding(kinds, width)
        self.score = nn.Sequential(nn.Linear(2 * width, 1), nn.LeakyReLU(0.2))
        self.own = nn.Linear(width, width)

    def attend(self, h, bonds, kinds):
        start, end = bonds
        said = self.score(torch.cat([h[end], h[start] + self.kind(kinds)], dim=1)).squeeze(1)
        e = torch.exp(said)
        total = torch.zeros(len(h)).scatter_add_(0, end, e)
        return e / total[end]

    def forward(self, h, bonds, kinds):
        start, end = bonds
        weight = self.attend(h, bonds, kinds)
        message = weight[:, None] * (h[start] + self.kind(kinds))
        index = end[:, None].expand_as(message)
        return self.own(h) + torch.zeros_like(h).scatter_add_(0, index, message)


class Net(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.atom = nn.Embedding(5, width)
        self.layers = nn.ModuleList(Layer(width, 3) for _ in range(2))
        self.said = nn.Linear(width, 1)

    def forward(self, atoms, bonds, kinds):
        h = self.atom(atoms)
        for layer in self.layers:
            h = torch.relu(layer(h, bonds, kinds))
        return self.said(h).squeeze(1)


atoms = torch.randint(5, (90,))
bonds = torch.randint(90, (2, 300))
kinds = torch.randint(3, (300,))
near = torch.zeros(90).index_add(0, bonds[1], atoms[bonds[0]].float())
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=0.005)
for _ in range(6):
    loss = nn.functional.mse_loss(net(atoms, bonds, kinds), near / near.max())
    opt.zero_grad()
    loss.backward()
    opt.step()
