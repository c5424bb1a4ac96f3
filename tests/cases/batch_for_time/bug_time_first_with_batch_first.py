# expect: BT417 at update 1
# source: discuss.pytorch.org/t/lstm-change-batch-first-true-loss-does-not-decrease/62364
import torch
from torch import nn


class Forecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 12, batch_first=True)
        self.head = nn.Linear(12, 1)

    def forward(self, steps):
        states, _ = self.lstm(steps)
        return self.head(states[-1])


torch.manual_seed(0)
model = Forecast()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(6):
    steps = torch.randn(7, 20, 3)  # time, batch, features
    wanted = steps[:, :, 0].mean(0).unsqueeze(1)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(steps), wanted).backward()
    optimizer.step()
