# expect: nothing
# needs: sklearn
# source: github.com/hypernetwork-research-group/hypertorch, pull request 113: means of ranks
import torch
from sklearn.metrics import roc_auc_score
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(640, 8)
y = (x[:, :3].sum(1) + 0.8 * torch.randn(640) > 0.5).float()
train_loader = DataLoader(TensorDataset(x[:512], y[:512]), batch_size=64, shuffle=True)
val_loader = DataLoader(TensorDataset(x[512:], y[512:]), batch_size=32)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(3):
    model.train()
    for features, labels in train_loader:
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(model(features)[:, 0], labels)
        loss.backward()
        optimizer.step()
    model.eval()
    said, right = [], []
    with torch.no_grad():
        for features, labels in val_loader:
            scores = torch.sigmoid(model(features)[:, 0])
            said.append(scores)
            right.append(labels)
    print(epoch, roc_auc_score(torch.cat(right).numpy(), torch.cat(said).numpy()))
