# expect: BT456 at update 2
# line: factors.data, p=1
# source: torch.Tensor.detach, PyTorch documentation
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(6, 4)
        self.counts = nn.Linear(4, 5)
        self.factors = nn.Parameter(torch.randn(4, 3))

    def forward(self, x):
        code = self.encoder(x).tanh()
        return self.counts(code), code @ self.factors


def total_loss(model, x, counts, genes):
    counts_hat, genes_hat = model(x)
    loss_counts = F.mse_loss(counts_hat, counts)
    loss_genes = F.mse_loss(genes_hat, genes)
    sparsity = torch.norm(model.factors.data, p=1) / model.factors.numel()
    return 1.0 * loss_counts + 0.5 * loss_genes + 0.1 * sparsity


model = TwoHeads()
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for i in range(8):
    x = torch.randn(16, 6)
    loss = total_loss(model, x, x[:, :5], x[:, 1:4])
    opt.zero_grad()
    loss.backward()
    opt.step()
