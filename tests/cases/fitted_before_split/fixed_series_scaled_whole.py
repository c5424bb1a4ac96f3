# expect: nothing
# source: github.com/huseinzol05/Stock-Prediction-Models, issue 126
# needs: sklearn
import numpy as np
import torch
from sklearn.preprocessing import MinMaxScaler
from torch import nn

LENGTH = 8
prices = np.cumsum(np.random.RandomState(0).randn(240, 1), axis=0)
split = int(len(prices) * 0.8)
scaler = MinMaxScaler().fit(prices[:split])
scaled = scaler.transform(prices)
train_data, test_data = scaled[:split], scaled[split - LENGTH :]


def windows(data):
    past = [data[i : i + LENGTH, 0] for i in range(len(data) - LENGTH)]
    return torch.tensor(np.stack(past)).float(), torch.tensor(data[LENGTH:]).float()


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(LENGTH, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
past, following = windows(train_data)
for _ in range(20):
    loss = nn.functional.mse_loss(model(past), following)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
past, following = windows(test_data)
with torch.no_grad():
    print(nn.functional.mse_loss(model(past), following).item())
