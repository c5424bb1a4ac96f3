# expect: nothing
import copy
import random

import torch
import torch.nn.functional as F

torch.manual_seed(0)
random.seed(0)
q = torch.nn.Sequential(torch.nn.Linear(4, 24), torch.nn.ReLU(), torch.nn.Linear(24, 2))
target = copy.deepcopy(q)
optimizer = torch.optim.RMSprop(q.parameters(), lr=1e-3)
memory = [
    (torch.randn(4), random.randrange(2), random.random(), torch.randn(4), random.random() < 0.1)
    for _ in range(64)
]

for update in range(1, 7):
    batch = random.sample(memory, 16)
    s, a, r, s2, done = (
        torch.stack(v) if torch.is_tensor(v[0]) else torch.tensor(v) for v in zip(*batch)
    )
    with torch.no_grad():
        best = q(s2).argmax(1, keepdim=True)
        value = r + 0.99 * target(s2).gather(1, best).squeeze(1) * (~done)
    loss = F.smooth_l1_loss(q(s).gather(1, a.unsqueeze(1)).squeeze(1), value)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(q.parameters(), 10.0)
    optimizer.step()
    if update % 3 == 0:
        target.load_state_dict(q.state_dict())
