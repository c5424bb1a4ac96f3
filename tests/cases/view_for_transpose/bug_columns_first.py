# expect: BT416 at update 1
# source: torch.Tensor.view, PyTorch documentation
# Columns of a picture, which a GRU reads along the first axis, for CTC.
import torch
from torch import nn

torch.manual_seed(0)


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.strip = nn.Sequential(nn.Conv2d(1, 12, (8, 3), padding=(0, 1)), nn.ReLU())
        self.recurrent, self.head = nn.GRU(12, 16), nn.Linear(16, 5)

    def forward(self, pictures):
        columns = self.strip(pictures).squeeze(2)  # (B, C, W)
        columns = columns.view(columns.shape[2], columns.shape[0], columns.shape[1])
        return self.head(self.recurrent(columns)[0]).log_softmax(-1)


model = Reader()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
widths, lengths = torch.full((10,), 21), torch.full((10,), 4)
for _ in range(5):
    letters = torch.randint(1, 5, (10, 4))
    pictures = torch.randn(10, 1, 8, 21)
    pictures[:, 0, 0, :4] += letters
    loss = nn.functional.ctc_loss(model(pictures), letters, widths, lengths)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
