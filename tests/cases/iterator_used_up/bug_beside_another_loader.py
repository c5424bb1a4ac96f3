# expect: BT435 at update 4
# source: "Iterator Types", The Python Standard Library: an iterator that is exhausted stays so
# Rows without labels are an iterator that `zip` goes through in each epoch.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(1)
x = torch.randn(48, 5)
labelled = DataLoader(TensorDataset(x, x[:, :2].argmax(1)), batch_size=12, shuffle=True)
rest = iter(DataLoader(torch.randn(60, 5), batch_size=20, shuffle=True))
model = nn.Linear(5, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    for more, (inputs, targets) in zip(rest, labelled):
        loss = nn.functional.cross_entropy(model(inputs), targets)
        odds = model(more).softmax(1)
        loss = loss - 0.1 * (odds * odds.log()).sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
