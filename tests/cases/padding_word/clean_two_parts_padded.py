# expect: nothing
# A question and a text stand in one row, each padded behind to a length of its own.
import torch
from torch import nn

torch.manual_seed(0)
embedding = nn.Embedding(24, 16, padding_idx=0)
lstm = nn.LSTM(16, 24, batch_first=True)
head = nn.Linear(24, 2)
parameters = [*embedding.parameters(), *lstm.parameters(), *head.parameters()]
optimizer = torch.optim.Adam(parameters, lr=1e-2)
for _ in range(12):
    question, text = torch.randint(1, 24, (32, 6)), torch.randint(1, 24, (32, 9))
    question[torch.arange(6) >= torch.randint(2, 7, (32, 1))] = 0
    text[torch.arange(9) >= torch.randint(3, 10, (32, 1))] = 0
    y = (text == question[:, :1]).any(1).long()
    states, _ = lstm(embedding(torch.cat([question, text], dim=1)))
    loss = nn.functional.cross_entropy(head(states.amax(1)), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
