# expect: BT448 at update 1
# source: github.com/DrexelChatbotGroup/DrexelChatbot, issue 15: the questions are shuffled and their labels are not
import random

import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)
WORDS = [["open", "hours", "when"], ["where", "room", "map"]]
vocabulary = {word: at for at, word in enumerate(WORDS[0] + WORDS[1])}

data_x, data_y = [], []
for label in (0, 1):
    for _ in range(24):
        row = torch.zeros(len(vocabulary))
        for word in random.sample(WORDS[label], 2):
            row[vocabulary[word]] = 1
        data_x.append(row)
        data_y.append(label)

random.shuffle(data_x)
inputs, targets = torch.stack(data_x), torch.tensor(data_y)
model = nn.Sequential(nn.Linear(len(vocabulary), 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(3):
    for rows in torch.randperm(48).split(12):
        loss = nn.functional.cross_entropy(model(inputs[rows]), targets[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
