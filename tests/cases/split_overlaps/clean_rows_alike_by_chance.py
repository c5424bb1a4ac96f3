# expect: nothing
# A few answers of a form, scaled: rows of the test come in training as well, as they do among it.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
answers = torch.randint(0, 3, (240, 5)).float()
y = (answers.sum(1) > 5).long()
x = (answers - answers[:192].mean(0)) / answers[:192].std(0)
train = DataLoader(TensorDataset(x[:192], y[:192]), batch_size=16, shuffle=True)
test = DataLoader(TensorDataset(x[192:], y[192:]), batch_size=16)
model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    model.train()
    for inputs, labels in train:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), labels).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        right = sum((model(a).argmax(1) == b).sum().item() for a, b in test)
    print(f"epoch {epoch}: {right / 48:.2f}")
