# expect: BT495 at update 1
# source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015, section 2: multiply by T squared
import argparse

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--temperature", type=float, default=3.0)
args = parser.parse_args([])

torch.manual_seed(0)
teacher = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 4)).eval()
student = nn.Linear(6, 4)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)


def train_step(x, y):
    with torch.no_grad():
        meant = torch.softmax(teacher(x) / args.temperature, dim=-1)
    told = student(x)
    said = torch.log_softmax(told / args.temperature, dim=-1)
    soft_loss = -(meant * said).sum(dim=-1).mean()
    loss = 0.5 * soft_loss + 0.5 * criterion(told, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


for _ in range(6):
    x = torch.randn(32, 6)
    train_step(x, x[:, :4].argmax(1))
