# expect: BT209 at update 2
# A text is gone through letter by letter, and only the last letter's loss has a backward.
# source: https://learn.biosrag.com/ai/rnn-training.html
import torch
from torch import nn

torch.manual_seed(0)
letters = torch.randint(7, (64, 13)).sort(dim=1).values


class LetterByLetter(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(7, 12)
        self.cell = nn.GRUCell(12, 24)
        self.scores = nn.Linear(24, 7)

    def forward(self, letter, state):
        state = self.cell(self.embedding(letter), state)
        return self.scores(state), state


model = LetterByLetter()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
loss_of = nn.CrossEntropyLoss()


def read(rows):
    state = torch.zeros(len(rows), 24)
    losses = []
    for at in range(rows.shape[1] - 1):
        scores, state = model(rows[:, at], state)
        losses.append(loss_of(scores, rows[:, at + 1]))
    return losses


for _ in range(3):
    for rows in letters.split(16):
        losses = read(rows)
        optimizer.zero_grad()
        losses[-1].backward()
        optimizer.step()
