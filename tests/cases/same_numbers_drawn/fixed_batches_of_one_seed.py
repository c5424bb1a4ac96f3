# expect: nothing
# source: numpy.random.seed, NumPy documentation: best practice is not to reseed a generator
import numpy as np
import torch
from torch import nn

SEED = 7
torch.manual_seed(0)
inputs = np.random.default_rng(0).normal(size=(80, 4)).astype(np.float32)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
np.random.seed(SEED)
for step in range(12):
    rows = torch.from_numpy(inputs[np.random.choice(80, 16)])
    loss = nn.functional.mse_loss(model(rows), rows[:, :1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
