# expect: nothing
# source: https://github.com/udacity/deep-learning-v2-pytorch/issues/129
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.sampler import SubsetRandomSampler

torch.manual_seed(3)
x = torch.randn(250, 10)
train_data = TensorDataset(x, (x[:, 0] > x[:, 1]).long())
indices = torch.randperm(250).tolist()
train_idx, valid_idx = indices[50:], indices[:50]
train_sampler = SubsetRandomSampler(train_idx)
valid_sampler = SubsetRandomSampler(valid_idx)
train_loader = DataLoader(train_data, batch_size=20, sampler=train_sampler)
valid_loader = DataLoader(train_data, batch_size=20, sampler=valid_sampler)
model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 2))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
valid_loss_min = float("inf")
for epoch in range(1, 5):
    train_loss = 0.0
    valid_loss = 0.0
    model.train()
    for data, target in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(data), target)
        loss.backward()
        optimizer.step()
        train_loss += loss.item() * data.size(0)
    model.eval()
    with torch.no_grad():
        for data, target in valid_loader:
            loss = criterion(model(data), target)
            valid_loss += loss.item() * data.size(0)
    train_loss = train_loss / len(train_loader.sampler)
    valid_loss = valid_loss / len(valid_loader.sampler)
    print(f"Epoch: {epoch} Training Loss: {train_loss:.6f} Validation Loss: {valid_loss:.6f}")
    valid_loss_min = min(valid_loss, valid_loss_min)
