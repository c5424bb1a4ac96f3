# expect: nothing
# Rows of a table in no order: both parts have nearly the same mean. A note says it, no more.
# needs: sklearn
import numpy as np
import torch
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn

draw = np.random.RandomState(0)
x = draw.randn(200, 5) * [1, 10, 100, 5, 2]
y = (x[:, 0] > 0).astype("int64")
x = StandardScaler().fit_transform(x)
x_train, x_test, y_train, y_test = train_test_split(x, y, random_state=0)

torch.manual_seed(0)
model = nn.Linear(5, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(20):
    loss = nn.functional.cross_entropy(model(torch.tensor(x_train).float()), torch.tensor(y_train))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    said = model(torch.tensor(x_test).float()).argmax(1)
print((said == torch.tensor(y_test)).float().mean().item())
