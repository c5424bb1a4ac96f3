# expect: nothing
# What is held out is cut off the order itself.
import torch
from torch import nn

torch.manual_seed(12)
PEOPLE, ITEMS, HELD = 60, 40, 80
who, what = (torch.rand(PEOPLE, ITEMS) < 0.2).nonzero(as_tuple=True)
order = torch.randperm(len(who))
test_who, test_what = who[order[:HELD]], what[order[:HELD]]
order = order[HELD:]
train_who, train_what = who[order], what[order]

people, items = nn.Embedding(PEOPLE, 8), nn.Embedding(ITEMS, 8)
model = nn.ModuleList([people, items])


def scores(one, other):
    return (people(one) * items(other)).sum(-1)


optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for _ in range(6):
    true = scores(train_who, train_what)
    false = scores(train_who, torch.randint(0, ITEMS, train_who.shape))
    loss = nn.functional.softplus(false - true).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    true = scores(test_who, test_what)
    false = scores(test_who, torch.randint(0, ITEMS, test_who.shape))
print("pairs in order", (true > false).float().mean().item())
