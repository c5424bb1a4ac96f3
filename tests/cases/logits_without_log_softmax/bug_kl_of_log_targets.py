# expect: BT404 at update 1
# source: torch.nn.KLDivLoss (log_target), PyTorch documentation
# also: BT501
import copy

import torch
import torch.nn.functional as F

torch.manual_seed(0)
policy = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.Tanh(), torch.nn.Linear(16, 3))
reference = copy.deepcopy(policy)
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
for _ in range(4):
    states = torch.randn(32, 4)
    actions = torch.randint(0, 3, (32,))
    advantage = torch.randn(32)
    logp = policy(states).log_softmax(-1)
    with torch.no_grad():
        ref_logp = reference(states).log_softmax(-1)
    pg = -(advantage * logp.gather(1, actions[:, None])[:, 0]).mean()
    loss = pg + 0.1 * F.kl_div(logp, ref_logp, reduction="batchmean")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
