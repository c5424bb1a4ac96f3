# expect: nothing
# An agent acts on single states in evaluation mode, and is trained on batches of them.
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(
    nn.Linear(6, 32), nn.LayerNorm(32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 2)
)
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
kept, state = [], torch.randn(6)
for step in range(120):
    net.eval()
    with torch.no_grad():
        action = net(state.unsqueeze(0)).argmax(1).item()
    after = 0.9 * state + 0.3 * torch.randn(6) + (0.2 if action else -0.2)
    kept.append((state, action, -after.abs().mean()))
    state = after
    if step % 4 == 3 and len(kept) >= 32:
        net.train()
        chosen = [kept[at] for at in torch.randint(len(kept), (32,)).tolist()]
        states = torch.stack([each[0] for each in chosen])
        actions = torch.tensor([each[1] for each in chosen])
        rewards = torch.stack([each[2] for each in chosen])
        optimizer.zero_grad()
        values = net(states).gather(1, actions.unsqueeze(1)).squeeze(1)
        nn.functional.smooth_l1_loss(values, rewards).backward()
        optimizer.step()
