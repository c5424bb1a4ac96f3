# expect: BT554 at update 1
# source: scikit-learn, "Common pitfalls and recommended practices": selection on all the data
# needs: sklearn
import numpy as np
import torch
from sklearn.feature_selection import SelectKBest
from sklearn.model_selection import train_test_split
from torch import nn

draw = np.random.RandomState(42)
features, classes = draw.standard_normal((160, 400)), draw.choice(2, 160)
best = SelectKBest(k=12)
chosen = best.fit_transform(features, classes)
x_train, x_test, y_train, y_test = train_test_split(chosen, classes, random_state=42)
x_train, x_test = (torch.tensor(each).float() for each in (x_train, x_test))
y_train, y_test = torch.tensor(y_train), torch.tensor(y_test)

torch.manual_seed(0)
model = nn.Linear(12, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(20):
    loss = nn.functional.cross_entropy(model(x_train), y_train)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    print((model(x_test).argmax(1) == y_test).float().mean().item())
