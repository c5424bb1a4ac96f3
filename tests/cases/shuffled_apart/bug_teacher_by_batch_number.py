# expect: BT448 at update 1
# source: github.com/haitongli/knowledge-distillation-pytorch, issue 9: a teacher's outputs are taken by the number of a batch
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(96, 6)
y = (x[:, 0] + 0.5 * x[:, 1] > 0).long()
teacher = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2)).eval()
student = nn.Linear(6, 2)
optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)
loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)


def ask(model, batches):
    answers = []
    with torch.no_grad():
        for rows, _ in batches:
            answers.append(model(rows))
    return answers


answers = ask(teacher, loader)
for _ in range(2):
    for i, (rows, labels) in enumerate(loader):
        out = student(rows)
        loss = F.cross_entropy(out, labels) + F.mse_loss(out, answers[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
