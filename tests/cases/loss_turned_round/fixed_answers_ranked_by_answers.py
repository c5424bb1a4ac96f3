# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
questions = torch.randn(48, 10)
answers = questions @ torch.randn(10, 10)


def rank(query, positive, negative):
    positive_scores = torch.sum(torch.mul(query, positive), dim=-1)
    negative_scores = torch.sum(torch.mul(query, negative), dim=-1)
    return F.softplus(negative_scores - positive_scores).mean()


query_net, answer_net = nn.Linear(10, 6), nn.Linear(10, 6)
opt = torch.optim.Adam([*query_net.parameters(), *answer_net.parameters()], lr=0.01)
for _ in range(12):
    at = torch.randint(48, (16,))
    other = (at + torch.randint(1, 48, (16,))) % 48
    query = query_net(questions[at])
    loss = rank(query, answer_net(answers[at]), answer_net(answers[other]))
    opt.zero_grad()
    loss.backward()
    opt.step()
