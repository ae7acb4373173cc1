"""How good a ranking is, on judged queries, and how sure that figure is.

Labels are those of ESCI (Reddy et al. 2022, "Shopping Queries Dataset", 4): E exact, S substitute, C
complement, I irrelevant. A product without a label counts as irrelevant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

GAINS = {"E": 1.0, "S": 0.1, "C": 0.01, "I": 0.0}
EXACT = "E"
# Places that nDCG looks at, and those in which recall and the reciprocal rank look for exact products.
NDCG_AT = 10
RECALL_AT = 50

Labels = Mapping[str, str]

_RESAMPLES = 10_000
_SURE = (2.5, 97.5)
# Sums of the same figures in another order differ by less.
_ROUNDING = 1e-12


def ndcg(ranked: Sequence[str], labels: Labels, at: int = NDCG_AT) -> float:
    """Normalised discounted cumulative gain of the first places, 0 to 1; 0 where no label has a gain.

    Σ gain / log2(place + 1), over that of the query's own labels in their best order. Source: Järvelin and
    Kekäläinen 2002, "Cumulated gain-based evaluation of IR techniques".
    """
    best = _discounted(sorted((GAINS[label] for label in labels.values()), reverse=True)[:at])
    return _discounted([GAINS[labels.get(each, "I")] for each in ranked[:at]]) / best if best else 0.0


def recall(ranked: Sequence[str], labels: Labels, at: int = RECALL_AT) -> float | None:
    """The share of the exact products that the first places hold; None where no product is exact."""
    exact = _exact(labels)
    return len(exact.intersection(ranked[:at])) / len(exact) if exact else None


def reciprocal_rank(ranked: Sequence[str], labels: Labels, at: int = RECALL_AT) -> float | None:
    """1 / place of the first exact product, 0 without one in the first places; None where none is exact."""
    exact = _exact(labels)
    if not exact:
        return None
    return next((1 / place for place, each in enumerate(ranked[:at], start=1) if each in exact), 0.0)


class Mean(NamedTuple):
    """A mean over queries, and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


def mean(values: Sequence[float]) -> Mean:
    """With the percentile bootstrap over queries (Sakai 2006), seeded: the same figures give the same
    interval. Of no values: zeros."""
    import numpy as np

    if not values:
        return Mean(0.0, 0.0, 0.0)
    given = np.asarray(values, dtype=float)
    chance = np.random.default_rng(0)
    means = [given[chance.integers(0, len(given), len(given))].mean() for _ in range(_RESAMPLES)]
    low, high = np.percentile(means, _SURE)
    return Mean(float(given.mean()), float(low), float(high))


def chance_of(differences: Sequence[float]) -> float:
    """The two-sided p-value of paired differences: how often as large a mean comes about by swapping the two
    systems' figures of each query by chance (Fisher's randomisation; Smucker, Allan and Carterette 2007)."""
    import numpy as np

    given = np.asarray(differences, dtype=float)
    if not given.any():
        return 1.0
    chance = np.random.default_rng(0)
    seen = abs(given.sum()) - _ROUNDING
    swapped = (abs((given * chance.choice((-1, 1), len(given))).sum()) for _ in range(_RESAMPLES))
    return (1 + sum(bool(total >= seen) for total in swapped)) / (1 + _RESAMPLES)


def _exact(labels: Labels) -> set[str]:
    return {each for each, label in labels.items() if label == EXACT}


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, start=1))
