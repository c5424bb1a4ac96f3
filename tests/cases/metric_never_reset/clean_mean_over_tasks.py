# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
clips = torch.randn(180, 8)
labels = (clips[:, :4].sum(1) > 0).long()
train_loader = DataLoader(TensorDataset(clips[:120], labels[:120]), batch_size=20, shuffle=True)
valid_loader = DataLoader(TensorDataset(clips[120:], labels[120:]), batch_size=20)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    for inputs, targets in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), targets).backward()
        optimizer.step()
model.eval()
test_accuracies = []
with torch.no_grad():
    for task in range(5):
        for inputs, targets in valid_loader:
            noisy = inputs + 0.1 * task * torch.randn_like(inputs)
            right = (model(noisy).argmax(1) == targets).float().mean().item()
            test_accuracies.append(right)
        print("over the tasks so far", sum(test_accuracies) / len(test_accuracies))
