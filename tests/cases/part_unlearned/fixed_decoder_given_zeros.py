# expect: nothing
# source: openillumi.com, "PyTorch Transformer: the same output for all steps": the decoder is given zeros
import torch
from torch import nn

torch.manual_seed(0)


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.past, self.ahead = nn.Linear(3, 8), nn.Linear(3, 8)
        self.transformer = nn.Transformer(
            8, 2, 1, 1, dim_feedforward=16, dropout=0.0, batch_first=True
        )
        self.out = nn.Linear(8, 3)

    def forward(self, source, target):
        mask = nn.Transformer.generate_square_subsequent_mask(target.shape[1])
        return self.out(self.transformer(self.past(source), self.ahead(target), tgt_mask=mask))


signals = torch.randn(32, 13, 3).cumsum(1)
source, targets = signals[:, :8], signals[:, 7:]
model = Forecaster()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(6):
    start = targets[:, :-1]
    loss = nn.functional.mse_loss(model(source, start), targets[:, 1:])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
