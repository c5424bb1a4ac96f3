# expect: nothing
# The data set keeps a smoothed answer for each row, which the loop renews in every epoch.
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
rng = np.random.default_rng(1)


class Ensembled(Dataset):
    def __init__(self, count):
        self.rows = rng.standard_normal((count, 5))
        self.answers = np.zeros((count, 2))
        self.seen = np.zeros(count)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        self.seen[index] += 1
        row = torch.from_numpy(self.rows[index]).float()
        return row, int(self.rows[index, 0] > 0), index, self.answers[index].copy()


data = Ensembled(48)
loader = DataLoader(data, batch_size=12, shuffle=True)
model = nn.Linear(5, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(4):
    for x, y, index, before in loader:
        optimizer.zero_grad()
        out = model(x)
        loss = nn.functional.cross_entropy(out, y)
        if epoch:
            loss = loss + 0.1 * nn.functional.mse_loss(out.softmax(1), before.float())
        loss.backward()
        optimizer.step()
        share = out.detach().softmax(1).numpy()
        data.answers[index] = 0.6 * data.answers[index] + 0.4 * share
