# expect: BT413
# source: github.com/seungeunrho/minimalRL, issue 7: the batch of next states was made of s_prime
"""A batch of transitions has the last next state in place of all of them."""

import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 2)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
memory = []


def make_batch():
    s_lst, a_lst, r_lst, s2_lst = [], [], [], []
    for transition in memory:
        s, a, r, s2 = transition
        s_lst.append(s)
        a_lst.append([a])
        r_lst.append([r])
        s2_lst.append(s2)
    s_batch = torch.tensor(s_lst)
    a_batch = torch.tensor(a_lst)
    r_batch = torch.tensor(r_lst)
    s2_batch = torch.tensor(s2)
    return s_batch, a_batch, r_batch, s2_batch


state = torch.randn(4)
for update in range(6):
    for _ in range(8):
        action = int(torch.randint(2, ()))
        following = 0.9 * state + (0.2 if action else -0.2)
        memory.append((state.tolist(), action, float(following.sum()), following.tolist()))
        state = following + 0.1 * torch.randn(4)
    s, a, r, s2 = make_batch()
    memory.clear()
    with torch.no_grad():
        target = r + 0.9 * net(s2).max(-1, keepdim=True).values
    loss = nn.functional.smooth_l1_loss(net(s).gather(1, a), target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
