# expect: nothing
# The comprehension goes through all batches of the test, by the names that the loop above has, too.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
x = torch.randn(240, 6)
rows = TensorDataset(x, (x[:, :3].sum(1) > 0).long())
train_set, test_set = random_split(rows, [160, 80])
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(3):
    model.train()
    for xb, yb in DataLoader(train_set, batch_size=32, shuffle=True):
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        batches = DataLoader(test_set, batch_size=16)
        hits = sum((model(xb).argmax(1) == yb).sum().item() for xb, yb in batches)
    print(f"epoch {epoch}, loss {loss.item():.3f}, right {hits / len(test_set):.3f}")
