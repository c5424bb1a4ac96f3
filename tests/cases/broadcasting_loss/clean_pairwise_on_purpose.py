# expect: nothing
import torch

torch.manual_seed(0)
scorer = torch.nn.Sequential(torch.nn.Linear(6, 12), torch.nn.ReLU(), torch.nn.Linear(12, 1))
opt = torch.optim.Adam(scorer.parameters(), lr=1e-3)
for _ in range(4):
    x = torch.randn(15, 6)
    relevance = x[:, 0] + 0.1 * torch.randn(15)
    s = scorer(x).squeeze(1)
    margin = s.unsqueeze(1) - s.unsqueeze(0)
    wanted = torch.sign(relevance[:, None] - relevance[None, :])
    loss = torch.relu(1 - wanted * margin).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
