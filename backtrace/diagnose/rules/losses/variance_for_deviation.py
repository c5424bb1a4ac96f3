"""A variance stands for a deviation, or the other way round: in noise, divergence or likelihood.

## What it sees
In the graph of a backward, a divergence that adds up `log_var` and `-log_var.exp()`, which tells
that `log_var` is the logarithm of a variance; and noise that is multiplied by `log_var.exp()` and
added to a mean. Or `2 * log_std` and `-log_std.exp()` in the divergence, where noise is multiplied
by `log_std.exp()`.

Or, in such a graph, noise that is multiplied by `log_var` itself; and `log_var.pow(2)` beside
`log_var.pow(2).log()` where noise is multiplied by an exponential of `log_var`.

Or, in the source of a file that calls a model, `1 + log_var - mu.pow(2)` from which something else
than `log_var.exp()` is taken: `log_var.pow(2)`, `log_var.exp().pow(2)` or `log_var` itself. Or such
a sum whose mean is not squared.

Or, in the source too, the forward step of a diffusion in which one of two weights lacks its square
root: `alpha_bar.sqrt() * x + (1 - alpha_bar) * noise`.

Or, in the source, a Gaussian likelihood that is given a deviation for the variance: the third
argument of `gaussian_nll_loss` is called `std` or `sigma`, is the exponential of `log_std` or of
half of `log_var`, or the root of `var`, and nothing squares it. Or one that is written out as
`sigma.log() + (y - mu) ** 2 / (2 * sigma)`.

## Why it matters
The deviation is the root of the variance: `(0.5 * log_var).exp()`. A draw with the variance in its
place is too narrow where the deviation is below 1, and too wide above; the divergence is of another
distribution than what the decoder is trained on. With the deviation in the place of its square the
divergence is least where the variance is 4 and not 1. With a square too many it is least where the
variance is less than 1; without the exponential it says nothing of the variance, or another thing.

A likelihood takes a deviation of 0.1 for a variance of 0.1, which is a deviation of 0.32: what is
learned to be called the deviation is its square, and intervals made of it are wrong.

A diffusion's sampler takes it that the squares of both weights add up to 1. Where they do not, it
begins and goes on with noise of another size than what the model has learned.

## Example
    z = mu + torch.randn_like(mu) * log_var.exp()
    divergence = -0.5 * (1 + log_var - mu.pow(2) - log_var.exp()).sum(1)

## Instead
    z = mu + torch.randn_like(mu) * (0.5 * log_var).exp()

## When it is intended
Where a network gives the logarithm of the deviation, its divergence has `2 * log_std`, and noise
times `log_std.exp()` is right: that is told apart. The sub-VP equation has `1 - alpha_bar` for
its deviation: nothing is said where a file divides by it as well, or is named after it. Where what
is called `sigma` is a variance, a file takes its root somewhere, and nothing is said.

## Source
D. P. Kingma and M. Welling, "Auto-Encoding Variational Bayes", 2013, appendix B;
github.com/DaehanKim/vgae_pytorch, issue 2;
github.com/KarenUllrich/Tutorial_BayesianCompressionForDL, issue 1; github.com/FluxML/model-zoo,
pull request 147; github.com/Ryota-Kawamura/How-Diffusion-Models-Work, issue 1;
github.com/unit8co/darts, pull request 1162.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.source_facts import SlipSeen

_OF_GRAPHS = {
    "unsquared": (
        "a divergence has the deviation, the exponential that noise is multiplied by, where the "
        "variance belongs: its square is missing",
        "square it: (2 * log_std).exp() beside 2 * log_std",
    ),
    "scaled_by_variance": (
        "noise is multiplied by the exponential of what the divergence takes for the logarithm of "
        "a variance: by a variance, not by its root",
        "scale noise by the deviation: (0.5 * log_var).exp()",
    ),
    "scaled_by_logarithm": (
        "noise is multiplied by what the divergence takes for the logarithm of a variance: by a "
        "logarithm, not by a deviation",
        "scale noise by the deviation: (0.5 * log_var).exp()",
    ),
    "squared_logarithms": (
        "a divergence takes the logarithm of what is one already: noise is multiplied by its "
        "exponential",
        "write 1 + log_var - mu.pow(2) - log_var.exp(), or give the divergence the deviation that "
        "noise is multiplied by",
    ),
}


def check(run: Stretch) -> Iterator[Judgement]:
    """Give such divergences of the source, and the first backward of each line through others."""
    for slip in (each for each in run.of(SlipSeen) if each.kind == "divergence-power"):
        yield RULE.found(
            f"a divergence has {slip.name} where {slip.beside} belongs beside its other terms",
            f"write {slip.beside}: 1 + log_var - mu.pow(2) - log_var.exp(), or with the logarithm "
            "of a deviation 1 + 2 * log_std - mu.pow(2) - (2 * log_std).exp()",
            run.update_at(slip),
            slip.where,
        )
    yield from _noising_weights(run)
    yield from _likelihoods(run)
    seen: set[str] = set()
    for graph in run.of(GraphSeen):
        counts = {key: getattr(graph, key) for key in _OF_GRAPHS}
        key = next((each for each, count in counts.items() if count), None)
        if key is not None and graph.where not in seen:
            seen.add(graph.where)
            where, at = line_of(run, graph, key), run.update_at(graph)
            yield RULE.found(*_OF_GRAPHS[key], at, where, times=counts[key])


def _likelihoods(run: Stretch) -> Iterator[Judgement]:
    """Give each Gaussian likelihood in the source that has a deviation for its variance."""
    for slip in (each for each in run.of(SlipSeen) if each.kind == "deviation-given"):
        yield RULE.found(
            f"a Gaussian likelihood has {slip.name}, a deviation, where the variance belongs",
            "square it, or name it after the variance that it is",
            run.update_at(slip),
            slip.where,
        )


def _noising_weights(run: Stretch) -> Iterator[Judgement]:
    """Give each sum of data and noise in the source in which one weight lacks its root."""
    for slip in (each for each in run.of(SlipSeen) if each.kind == "noising-weight"):
        yield RULE.found(
            f"data and noise are added with weights whose squares do not add up to 1: {slip.name} "
            f"lacks a square root, beside {slip.beside}",
            "take the roots of both: alpha_bar.sqrt() * x + (1 - alpha_bar).sqrt() * noise",
            run.update_at(slip),
            slip.where,
        )


RULE = Rule("BT434", "variance-for-deviation", "warning", check, __doc__, needs=(FACTS,))
