# expect: BT489 at update 1
# source: https://github.com/waittim/graph-fraud-detection/issues/3
import torch
from torch import nn

torch.manual_seed(0)
count = 60
edges = (torch.rand(count, count) < 0.1).float() + torch.eye(count)
adjacency = edges / edges.sum(1, keepdim=True)
features = torch.randn(count, 8)
labels = (features[:, 0] > 0).long()
order = torch.randperm(count)
train_mask = torch.zeros(count, dtype=torch.bool)
train_mask[order[:20]] = True
test_mask = ~train_mask

first, second = nn.Linear(8, 16), nn.Linear(16, 2)
optimizer = torch.optim.Adam([*first.parameters(), *second.parameters()], lr=0.01)
for epoch in range(6):
    optimizer.zero_grad()
    logits = adjacency @ second((adjacency @ first(features)).relu())
    loss = nn.functional.cross_entropy(logits, labels)
    loss.backward()
    optimizer.step()
    right = logits[test_mask].argmax(1) == labels[test_mask]
print(right.float().mean().item())
