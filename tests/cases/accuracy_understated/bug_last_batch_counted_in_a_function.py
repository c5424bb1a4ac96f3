# expect: BT568 at update 1
# source: https://github.com/xiaolai-sqlai/gluon-reid/issues/8
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def count_right(said, wanted):
    return (said == wanted).sum().item()


torch.manual_seed(0)
x = torch.randn(240, 6)
rows = TensorDataset(x, (x[:, :3].sum(1) > 0).long())
train_set, test_set = torch.utils.data.random_split(rows, [160, 80])
train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
test_loader = DataLoader(test_set, batch_size=16)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(3):
    for inputs, labels in train_loader:
        outputs = model(inputs)
        loss = criterion(outputs, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    said = outputs.argmax(dim=1)
    correct = count_right(said, labels)
    print(f"epoch {epoch}, accuracy {correct / len(train_set):.3f}")
