# expect: nothing
import torch
from torch import nn


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.strip = nn.Conv2d(1, 6, (8, 3), padding=(0, 1))
        self.gru = nn.GRU(6, 10)
        self.head = nn.Linear(10, 4)

    def forward(self, picture):
        columns = self.strip(picture).squeeze(2).permute(2, 0, 1)
        return self.head(self.gru(torch.relu(columns))[0]).log_softmax(-1)


torch.manual_seed(0)
reader = Reader()
optimizer = torch.optim.Adam(reader.parameters(), lr=1e-2)
ctc = nn.CTCLoss()
for _ in range(6):
    pictures, words = torch.randn(5, 1, 8, 11), torch.randint(1, 4, (5, 3))
    optimizer.zero_grad()
    loss = ctc(reader(pictures), words, torch.full((5,), 11), torch.full((5,), 3))
    loss.backward()
    optimizer.step()
