# expect: nothing
# The loss of all rows is written down, and that of the training goes backward.
import torch
from torch import nn


def right(model, x, labels, rows):
    with torch.no_grad():
        return (model(x)[rows].argmax(1) == labels[rows]).float().mean().item()


torch.manual_seed(5)
x = torch.randn(40, 6)
labels = (x[:, 0] > 0).long()
order = torch.randperm(40)
idx_train, idx_test = order[:25], order[25:]
model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
for epoch in range(6):
    answers = model(x)
    loss = criterion(answers[idx_train], labels[idx_train])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    loss = criterion(answers, labels)
    print(epoch, loss.item(), right(model, x, labels, idx_test))
