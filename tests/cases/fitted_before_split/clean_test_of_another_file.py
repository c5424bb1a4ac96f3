# expect: nothing
# The range is that of the years before; what is split is training data, and the test comes later.
# needs: sklearn
import numpy as np
import torch
from sklearn.preprocessing import StandardScaler
from torch import nn

LENGTH = 8
draw = np.random.RandomState(0)
past_years, this_year = draw.randn(240, 1), draw.randn(60, 1)
scaler = StandardScaler()
scaled = scaler.fit_transform(past_years)
train_part, val_part = scaled[:200], scaled[200:]
test_part = scaler.transform(this_year)


def windows(data):
    past = [data[i : i + LENGTH, 0] for i in range(len(data) - LENGTH)]
    return torch.tensor(np.stack(past)).float(), torch.tensor(data[LENGTH:]).float()


torch.manual_seed(0)
model = nn.Linear(LENGTH, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
past, following = windows(train_part)
for _ in range(20):
    loss = nn.functional.mse_loss(model(past), following)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
for part in (val_part, test_part):
    past, following = windows(part)
    with torch.no_grad():
        print(nn.functional.mse_loss(model(past), following).item())
