# expect: BT602 at update 3
# line: output, hidden = self.lstm(
# source: https://github.com/yunjey/pytorch-tutorial/issues/22
# A decoder writes step by step, and each step begins with the zeros of `init_hidden`.
import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self, words=12, size=10):
        super().__init__()
        self.size = size
        self.embedding = nn.Embedding(words, size)
        self.lstm = nn.LSTM(size, size, num_layers=2, batch_first=True)
        self.head = nn.Linear(size, words)

    def init_hidden(self, rows):
        return torch.zeros(2, rows, self.size), torch.zeros(2, rows, self.size)

    def step(self, word, hidden):
        output, hidden = self.lstm(self.embedding(word).unsqueeze(1), hidden)
        return self.head(output[:, 0]), hidden


torch.manual_seed(5)
model = Generator()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for _ in range(12):
    words = (torch.randint(12, (8, 1)) + torch.arange(7) ** 2) % 12
    hidden = model.init_hidden(8)
    loss = 0
    for t in range(6):
        scores, state = model.step(words[:, t], hidden)
        loss = loss + nn.functional.cross_entropy(scores, words[:, t + 1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
