# expect: BT446 at update 1
# source: "Assignment statements", The Python Language Reference: a name is bound to another object
# The teacher is to follow the student.
import torch
from torch import nn

torch.manual_seed(0)
student = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 3))
teacher = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 3))
teacher.load_state_dict(student.state_dict())
optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)


@torch.no_grad()
def follow(rate=0.9):
    for held, moved in zip(teacher.parameters(), student.parameters()):
        held = rate * held + (1 - rate) * moved


for _ in range(10):
    inputs = torch.randn(32, 6)
    labels = inputs[:, :3].argmax(1)
    with torch.no_grad():
        soft = teacher(inputs).softmax(1)
    given = student(inputs)
    loss = nn.functional.cross_entropy(given, labels) + nn.functional.cross_entropy(given, soft)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    follow()
