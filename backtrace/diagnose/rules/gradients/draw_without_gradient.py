"""What a distribution draws goes on through a model, and no gradient comes back through the draw.

## What it sees
A distribution that has `rsample()`, and whose parameters carry a graph, is asked for `sample()`
with gradients enabled. A layer of what backward walks was given the draw, and the loss reaches the
parameters by another way, such as a divergence. Not where a log-probability of the draw is taken,
by the distribution or by hand, where the parameters are drawn from with `rsample()` as well, or
where the way to them leads through that layer, too.

## Why it matters
`sample()` runs under `no_grad`. The encoder does not learn what helps the decoder: it follows the
divergence alone, which draws it to the prior, and what is drawn tells nothing of the input. The
loss falls all the same, to what the decoder can say without.

## Example
    posterior = Normal(mean, log_var.mul(0.5).exp())
    z = posterior.sample()
    loss = mse_loss(decoder(z), x) + kl_divergence(posterior, prior).mean()

## Instead
    z = posterior.rsample()

## When it is intended
Where the decoder alone is to learn from its draws: `posterior.sample()` under `torch.no_grad()`, or
`.detach()` of its parameters, says so.

## Source
torch.distributions, PyTorch documentation: "Pathwise derivative"; Kingma and Welling,
"Auto-Encoding Variational Bayes", 2013, 2.4.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loss_facts import DrawCut


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that draws so."""
    seen: set[str] = set()
    for event in run.of(DrawCut):
        if event.is_scored or event.where in seen:
            continue
        seen.add(event.where)
        yield RULE.found(
            f"what {event.distribution}.sample() draws here goes on through a model, and no "
            "gradient comes back through the draw: what the distribution is made of learns "
            "nothing from that part of the loss",
            "draw by rsample() in place of sample()",
            run.update_at(event),
            event.where,
        )


RULE = Rule("BT321", "draw-without-gradient", "warning", check, __doc__, needs=(FACTS,))
