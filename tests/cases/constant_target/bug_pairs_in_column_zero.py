# expect: BT405 at update 2
# source: "InfoNCE implementation bug", github.com/YihengZhang-CV/SeCo-Sequence-Contrastive-Learning, issue 3
import torch
import torch.nn.functional as F

torch.manual_seed(0)
encoder = torch.nn.Linear(10, 6)
opt = torch.optim.SGD(encoder.parameters(), lr=0.1, momentum=0.9)
for _ in range(6):
    x = torch.randn(12, 10)
    q = F.normalize(encoder(x + 0.1 * torch.randn_like(x)), dim=1)
    k = F.normalize(encoder(x + 0.1 * torch.randn_like(x)), dim=1)
    logits = q @ k.T / 0.1
    loss = F.cross_entropy(logits, torch.zeros(len(x), dtype=torch.long))
    opt.zero_grad()
    loss.backward()
    opt.step()
