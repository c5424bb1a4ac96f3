# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
factors = nn.Parameter(torch.randn(4, 8))
users = nn.Embedding(20, 4)
items = nn.Embedding(30, 8)
parameters = [factors, *users.parameters(), *items.parameters()]
optimizer = torch.optim.Adam(parameters, lr=1e-2)
temperature = 0.2


def alikeness(rows):
    rows = F.normalize(rows, dim=1)
    scores = torch.exp(torch.mm(rows, rows.t()) / temperature)
    return -torch.log(scores.diag() / scores.sum(1)).sum()


liked = (torch.arange(20) * 7) % 30
for _ in range(8):
    who = torch.randint(20, (16,))
    wanted = torch.softmax(users(who), dim=1) @ factors
    scores = wanted @ items.weight.t()
    loss = F.cross_entropy(scores, liked[who]) + 1e-3 * alikeness(factors)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
