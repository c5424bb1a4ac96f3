# expect: BT570 at update 1
# source: github.com/keon/seq2seq, issue 8: evaluate calls the model as train does
import random

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
random.seed(0)
source = torch.randint(3, 15, (320, 6))
target = torch.cat([torch.ones(320, 1).long(), source.flip(1)], dim=1)


class Seq2Seq(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(15, 32)
        self.encoder = nn.GRU(32, 64, batch_first=True)
        self.decoder = nn.GRU(32, 64, batch_first=True)
        self.out = nn.Linear(64, 15)

    def forward(self, source, target, teacher_forcing_ratio=0.5):
        _, hidden = self.encoder(self.embed(source))
        token, outputs = target[:, :1], []
        for t in range(1, target.size(1)):
            step, hidden = self.decoder(self.embed(token), hidden)
            logits = self.out(step)
            outputs.append(logits)
            is_teacher = random.random() < teacher_forcing_ratio
            token = target[:, t : t + 1] if is_teacher else logits.argmax(-1)
        return torch.cat(outputs, dim=1)


def evaluate(model):
    model.eval()
    with torch.no_grad():
        output = model(source[256:], target[256:])
    return F.cross_entropy(output.flatten(0, 1), target[256:, 1:].flatten()).item()


def train(model, optimizer):
    model.train()
    for i in range(0, 256, 64):
        output = model(source[i : i + 64], target[i : i + 64])
        loss = F.cross_entropy(output.flatten(0, 1), target[i : i + 64, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()


model = Seq2Seq()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(6):
    train(model, optimizer)
    print(epoch, evaluate(model))
