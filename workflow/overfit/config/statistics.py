"""What the reference says about metrics and statistics."""

from overfit.config.search_metrics import SEARCH_METRICS

ABOUT_METRICS = """\
A metric is one number a seed and run.

| metric | meaning |
| --- | --- |
| `train_accuracy`, `validation_accuracy`, `test_accuracy` | share of right answers at the last \
evaluation, from 0 to 1; of a run that diverged, before the first update |
| `train_loss`, `validation_loss`, `test_loss` | mean cross-entropy at the last evaluation, in \
nats |
| `gap` | training accuracy minus test accuracy |
| `updates_to_90` | first evaluated update with a training accuracy of at least 0.9. A seed that \
never gets there is censored: it counts with its whole budget, so that means are restricted means, \
and is counted in the column `censored` |
| `diverged` | 1 of a seed that diverged, else 0: its mean is the share of those that did |
| `PROBE.QUANTITY.LAYER` | a number that a probe of the experiment records, at the last \
evaluation: `weights.l2_norm.2` of the second affine layer, `weights.l2_norm.all` of the \
whole network |

Of the whole network (`all`) there are `weights.l2_norm`, `weights.rms`, `weights.zeros`,
`weights.small` and `gradients.gradient_norm`. A run that diverged has no loss, no gap and nothing
that probes measure; those seeds are left out, and `n` says how many are left.

**Matched comparisons.** A regularizer may narrow the gap only because it slows training down.
`METRIC@train_accuracy=VALUE` is the metric at the first evaluation with at least that training
accuracy, `METRIC@train_loss=VALUE` at the first with at most that training loss, seed by seed:
`gap@train_accuracy=0.95`, `weights.l2_norm.all@train_loss=0.1`. Such names can stand wherever a
metric can but for `updates_to_90` and `diverged`, in claims and in figures. A seed that never gets
there has no value: it is left out, `n` says how many are left and `censored` how many never got
there. Points of training are known as finely as `evaluation.points` says. Training loss is the
cross-entropy without penalties, of the network as it is evaluated: without dropout.

**Searches.** The metrics above are of networks that were trained with what the first repeat of a
search has found. What holds of ways to search, rather than of one lucky search, is asked of these,
which have one number a repeat:

| metric | meaning |
| --- | --- |
"""
ABOUT_METRICS += "".join(f"| `{name}` | {text} |\n" for name, text in SEARCH_METRICS.items())
ABOUT_METRICS += """
Their unit of replication is the repeat, and `n` counts repeats. Repeats with the same number see
the same images in all searches of the same `data`, so two variants are compared in pairs, repeat by
repeat; both must be searched, equally often (`repeats`). Claims can be about them, and the figures
`comparison` and `paired_differences` can show them.
"""

STATISTICS = """\
The unit of replication is the seed: never the epoch, never the image. A seed meets every variant
with the same images, initial weights and order of batches, so variants are compared in pairs, seed
by seed, and a claim that averages `over` an axis averages within each seed first.

Unless its kind says otherwise, a claim is decided by the 95% interval of its effect, in this order:
*supported*, the whole interval lies beyond the margin in the expected direction; *contradicted*, it
lies wholly beyond no effect in the other direction; *negligible*, it lies wholly within plus or
minus the margin; else *inconclusive*.

**Intervals.** A mean has a bootstrap interval (BCa, 9,999 resamples) at a level that corrects for
small samples. How often it covers the true mean, in percent of 2,000 simulated experiments (the
standard error is half a percent):

| seeds | normal | uniform | t, 3 degrees of freedom | exponential | lognormal |
| --- | --- | --- | --- | --- | --- |
| 3 | 75 | 74 | 74 | 69 | 65 |
| 5 | 92 | 94 | 91 | 87 | 85 |
| 10 | 94 | 97 | 93 | 93 | 89 |
| 20 | 95 | 96 | 93 | 93 | 90 |

So ten seeds are enough where differences between variants are roughly symmetric, as they mostly
are. Five are a first look: their interval is a little too narrow. Three are for trying things out:
an interval can't be wider than the range of the sample. With strongly skewed data, such as numbers
of updates of which some are censored, intervals of ten seeds cover nine times in ten.

**Verdicts.** With ten seeds, normal differences and a margin of one standard deviation, a claim
whose true effect is just the margin is supported in 3% of the cases, one whose true effect is 0
is contradicted in 3%, and one whose true effect is twice the margin is supported in 76%.

**p-values** stand beside the intervals: of a sign-flip test for means, of a permutation test that
swaps variants within seeds for a `location`, of the sign test for a `probability`. They are
two-sided, ask whether there is any effect and know nothing of the margin; only that of `equivalent`
does, it is the larger of the two one-sided ones. That of a `location` compared with a variant says
little where mixtures of the two variants have their optimum elsewhere; compared with a constant it
is an approximation: twice the share of resamples on the rarer side of the constant. `p_adjusted` is
Holm's correction over all claims of the report.

**Correction.** `correction: none` decides by the interval alone. With `correction: holm` a claim is
supported or contradicted only if its `p_adjusted` is below 0.05 as well, else inconclusive; the
column `basis` says what was used. `none` is the default because the smallest p that ten seeds can
give is 2 / 2^10 = 0.002: among 26 or more claims Holm's correction could support none of them, at
any effect, and each claim has a margin of its own that guards against small accidents. An
`equivalent` claim can't be contradicted under `holm`, since its p speaks for equivalence alone.
"""
