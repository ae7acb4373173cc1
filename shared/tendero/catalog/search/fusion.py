"""Several rankings made one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence


def fused(rankings: Iterable[tuple[Sequence[int], float]], k: float) -> list[int]:
    """Ids by weighted reciprocal rank, best first: each ranking adds weight / (k + rank), ranks from 1.

    Each ranking comes with its weight. Equal sums keep the order in which the ids were first seen. Source:
    Cormack, Clarke and Büttcher 2009, "Reciprocal Rank Fusion outperforms Condorcet…"
    """
    sums: defaultdict[int, float] = defaultdict(float)
    for ids, weight in rankings:
        for rank, each in enumerate(ids, start=1):
            sums[each] += weight / (k + rank)
    return sorted(sums, key=sums.__getitem__, reverse=True)
