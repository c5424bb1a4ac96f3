# expect: nothing
import torch
import torch.nn.functional as F

torch.manual_seed(0)
points = torch.randn(14, 6)
p = torch.softmax(-torch.cdist(points, points).flatten(), 0).view(14, 14)
embedding = torch.nn.Parameter(0.1 * torch.randn(14, 2))
opt = torch.optim.SGD([embedding], lr=5.0, momentum=0.5)
for _ in range(5):
    q = 1 / (1 + torch.cdist(embedding, embedding).square())
    q = q / q.sum()
    loss = F.kl_div(torch.log(q + 1e-9), p, reduction="sum")
    opt.zero_grad()
    loss.backward()
    opt.step()
