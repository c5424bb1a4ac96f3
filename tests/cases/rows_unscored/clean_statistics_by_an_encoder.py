# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(2)
x = torch.randn(300, 6)
rows = TensorDataset(x, (x[:, :3].sum(1) > 0).long())
unlabelled = DataLoader(rows, batch_size=64, shuffle=True, drop_last=True)
encoder = nn.Sequential(nn.Linear(6, 32), nn.BatchNorm1d(32), nn.ReLU())
with torch.no_grad():
    for inputs, _ in unlabelled:  # in training mode: the norm learns what the data are like
        encoder(inputs)
    encoder.eval()
    features = torch.cat([encoder(inputs) for inputs, _ in unlabelled])
mean, deviation = features.mean(0), features.std(0) + 1e-6
head = nn.Linear(32, 2)
optimizer = torch.optim.Adam(head.parameters(), lr=0.02)
for epoch in range(6):
    for inputs, labels in DataLoader(rows, batch_size=50, shuffle=True):
        with torch.no_grad():
            known = (encoder(inputs) - mean) / deviation
        loss = nn.functional.cross_entropy(head(known), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
