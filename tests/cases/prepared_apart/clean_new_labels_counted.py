# expect: nothing
# The second index is made to tell what is new in the test, and no more.
import torch
from torch import nn

torch.manual_seed(0)
NAMES = ["ham", "spam", "news"]


def index_of(names):
    return {name: at for at, name in enumerate(dict.fromkeys(names))}


def draw(count):
    inputs = torch.randn(count, 6)
    return inputs, [NAMES[at] for at in inputs[:, :3].argmax(1)]


train_inputs, train_names = draw(64)
test_inputs, test_names = draw(32)
train_labels = index_of(train_names)
test_labels = index_of(test_names)
print(len(set(test_labels) - set(train_labels)))
net = nn.Linear(6, 3)
opt = torch.optim.Adam(net.parameters(), lr=0.02)
wanted = torch.tensor([train_labels[name] for name in train_names])
for _ in range(10):
    loss = nn.functional.cross_entropy(net(train_inputs), wanted)
    opt.zero_grad()
    loss.backward()
    opt.step()
net.eval()
with torch.no_grad():
    right = torch.tensor([train_labels[name] for name in test_names])
    print((net(test_inputs).argmax(1) == right).float().mean().item())
