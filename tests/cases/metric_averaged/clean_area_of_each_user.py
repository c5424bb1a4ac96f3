# expect: nothing
# needs: sklearn
"""A recommender is scored user by user: the mean over users is what is wanted."""

import torch
from sklearn.metrics import roc_auc_score
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
users, items = 40, 60
liked = (torch.randn(users, 4) @ torch.randn(4, items) > 0).float()
rows = torch.cartesian_prod(torch.arange(users), torch.arange(items))
held = torch.rand(len(rows)) < 0.3
labels = liked.flatten()
loader = DataLoader(TensorDataset(rows[~held], labels[~held]), batch_size=128, shuffle=True)
test_loader = DataLoader(range(users), batch_size=1)
of_users, of_items = nn.Embedding(users, 8), nn.Embedding(items, 8)
parameters = [*of_users.parameters(), *of_items.parameters()]
optimizer = torch.optim.Adam(parameters, lr=0.02)
for epoch in range(2):
    for pairs, wanted in loader:
        optimizer.zero_grad()
        scores = (of_users(pairs[:, 0]) * of_items(pairs[:, 1])).sum(1)
        loss = nn.functional.binary_cross_entropy_with_logits(scores, wanted)
        loss.backward()
        optimizer.step()
    areas = []
    with torch.no_grad():
        for user in test_loader:
            scores = of_items.weight @ of_users(user)[0]
            areas.append(roc_auc_score(liked[user[0]], scores))
    print(epoch, sum(areas) / len(areas))
