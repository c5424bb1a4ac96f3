# expect: nothing
import torch
import torch.nn.functional as F

torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(6, 12), torch.nn.Tanh(), torch.nn.Linear(12, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
x = torch.randn(32, 6)
y = (x[:, 0] > 0).long()


def saliency(rows):
    for p in model.parameters():
        p.requires_grad_(False)
    probe = rows.clone().requires_grad_(True)
    model(probe).max(dim=1).values.sum().backward()
    for p in model.parameters():
        p.requires_grad_(True)
    return probe.grad.abs().mean(0)


for epoch in range(4):
    optimizer.zero_grad()
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
    print(saliency(x[:4]))
