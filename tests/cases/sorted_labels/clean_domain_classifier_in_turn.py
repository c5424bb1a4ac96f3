# expect: nothing
import torch
import torch.nn.functional as F


class Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad):
        return -grad


def domain_loss(head, features, domain):
    return F.cross_entropy(head(features), torch.full((len(features),), domain))


torch.manual_seed(0)
body, label_head, domain_head = torch.nn.Linear(6, 8), torch.nn.Linear(8, 3), torch.nn.Linear(8, 2)
opt = torch.optim.SGD(
    [*body.parameters(), *label_head.parameters(), *domain_head.parameters()], lr=0.05
)
for _ in range(4):
    source, target = torch.randn(10, 6), torch.randn(10, 6) + 0.5
    hs, ht = torch.tanh(body(source)), torch.tanh(body(target))
    loss = F.cross_entropy(label_head(hs), source[:, :3].argmax(1))
    loss = loss + domain_loss(domain_head, Reverse.apply(hs), 0)
    loss = loss + domain_loss(domain_head, Reverse.apply(ht), 1)
    opt.zero_grad()
    loss.backward()
    opt.step()
