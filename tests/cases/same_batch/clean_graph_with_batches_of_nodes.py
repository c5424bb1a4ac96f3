# expect: nothing
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader

torch.manual_seed(0)
features = torch.randn(40, 6)
adjacency = (torch.rand(40, 40) > 0.8).float()
adjacency = adjacency / adjacency.sum(1, keepdim=True).clamp(min=1)
labels = features[:, :3].argmax(1)


class GCN(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = torch.nn.Linear(6, 8), torch.nn.Linear(8, 3)

    def forward(self, x, a):
        return self.second(a @ torch.relu(self.first(a @ x)))


net = GCN()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for nodes in DataLoader(torch.arange(40), batch_size=8, shuffle=True):
    loss = F.cross_entropy(net(features, adjacency)[nodes], labels[nodes])
    opt.zero_grad()
    loss.backward()
    opt.step()
