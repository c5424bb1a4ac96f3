# expect: nothing
# Training without dropout on purpose: train(False), by a flag, from the start, and after a training
# with it; the evaluation puts back the mode that it found.
import torch
from torch import nn

torch.manual_seed(0)
inputs = torch.randn(64, 6)
targets = (inputs[:, 0] > 0).long()


def evaluate(model):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        print((model(inputs).argmax(1) == targets).float().mean())
    model.train(was_training)


def run(model, optimizer, use_dropout):
    model.train(use_dropout)
    for rows in torch.randperm(64).split(16):
        loss = nn.functional.cross_entropy(model(inputs[rows]), targets[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    evaluate(model)


for flags in (False, False), (True, False, False):
    model = nn.Sequential(nn.Linear(6, 16), nn.Dropout(0.2), nn.ReLU(), nn.Linear(16, 2))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for flag in flags:
        run(model, optimizer, flag)
