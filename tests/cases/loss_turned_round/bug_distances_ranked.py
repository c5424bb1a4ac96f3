# expect: BT461
# source: github.com/deepakn97/relationPrediction, issue 21
import torch
from torch import nn


class Translation(nn.Module):
    def __init__(self, entities=30, relations=3, width=12):
        super().__init__()
        self.entities = nn.Embedding(entities, width)
        self.relations = nn.Embedding(relations, width)
        self.criterion = nn.MarginRankingLoss(margin=1.0)

    def how_far(self, facts):
        moved = self.entities(facts[:, 0]) + self.relations(facts[:, 1])
        return (moved - self.entities(facts[:, 2])).pow(2).sum(1)

    def forward(self, facts, corrupted):
        positive, negative = self.how_far(facts), self.how_far(corrupted)
        target = torch.tensor([1.0])
        return self.criterion(positive, negative, target)


torch.manual_seed(0)
model = Translation()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(6):
    heads, kinds = torch.randint(30, (32,)), torch.randint(3, (32,))
    facts = torch.stack([heads, kinds, (heads + kinds + 1) % 30], 1)
    others = torch.stack([heads, kinds, torch.randint(30, (32,))], 1)
    optimizer.zero_grad()
    model(facts, others).backward()
    optimizer.step()
