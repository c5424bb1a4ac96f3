# expect: BT401 at update 1
# source: the warning "Using a target size that is different to the input size" of torch.nn.functional.smooth_l1_loss
import torch
import torch.nn.functional as F


class DQN(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.body = torch.nn.Linear(3, 12)
        self.q = torch.nn.Linear(12, 4)

    def forward(self, s):
        return self.q(F.relu(self.body(s)))


torch.manual_seed(0)
policy, target = DQN(), DQN()
target.load_state_dict(policy.state_dict())
optimizer = torch.optim.AdamW(policy.parameters(), lr=1e-3)
for _ in range(4):
    state, after = torch.randn(20, 3), torch.randn(20, 3)
    action = torch.randint(0, 4, (20, 1))
    reward = torch.rand(20)
    values = policy(state).gather(1, action)
    with torch.no_grad():
        expected = reward + 0.95 * target(after).max(1).values
    loss = F.smooth_l1_loss(values, expected)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
