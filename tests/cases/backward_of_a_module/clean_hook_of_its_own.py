# expect: nothing
# A part turns its gradient round by a hook on its output, and has the hook as its backward.
import torch
from torch import nn

torch.manual_seed(4)


class Reversal(nn.Module):
    def forward(self, x):
        x = x.view_as(x)
        if x.requires_grad:
            x.register_hook(lambda gradient: 2 * self.backward(gradient))
        return x

    def backward(self, gradient):
        return -gradient


body = nn.Sequential(nn.Linear(8, 16), nn.ReLU())
label, domain = nn.Linear(16, 3), nn.Sequential(Reversal(), nn.Linear(16, 1))
model = nn.ModuleList([body, label, domain])
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for _ in range(6):
    at = torch.arange(32) % 2
    x = torch.randn(32, 8) + at.unsqueeze(1)
    h = body(x)
    judged = nn.functional.binary_cross_entropy_with_logits(domain(h).squeeze(1), at.float())
    loss = nn.functional.cross_entropy(label(h), x[:, :3].argmax(1)) + judged
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
