# expect: nothing
import torch

torch.manual_seed(0)
head = torch.nn.Linear(4, 1)
opt = torch.optim.Adam(head.parameters(), lr=1e-2)
adjacency = (torch.rand(6, 6) > 0.5).float()
nodes = torch.randn(6, 4)
for _ in range(4):
    gate = torch.sigmoid(head(nodes))
    received = (gate * adjacency).sum(0)
    loss = received.var() + (gate.mean() - 0.5).square()
    opt.zero_grad()
    loss.backward()
    opt.step()
