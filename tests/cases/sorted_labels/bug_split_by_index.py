# expect: BT409 at update 3
# source: L. Bottou, "Stochastic gradient descent tricks", 2012: randomly shuffle the training examples
import torch

torch.manual_seed(0)
positive, negative = torch.randn(24, 6) + 1, torch.randn(24, 6) - 1
x = torch.cat([positive, negative])
y = torch.cat([torch.ones(24), torch.zeros(24)]).long()

clf = torch.nn.Linear(6, 2)
opt = torch.optim.Adam(clf.parameters(), lr=0.01)
crit = torch.nn.CrossEntropyLoss()
for xb, yb in zip(x.split(12), y.split(12)):
    loss = crit(clf(xb), yb)
    opt.zero_grad()
    loss.backward()
    opt.step()
