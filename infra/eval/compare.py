"""Two runs over the same queries: how much they differ, and whether by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from infra.eval.metrics import Mean, chance_of, mean
from infra.eval.run import METRICS, NDCG, Run
from tendero.platform.errors import TenderoError

MOST_CHANGED = 10
# Figures that are printed alike count as alike.
_ALIKE = 0.0005


class NotComparable(TenderoError):
    """Two runs have no query or no leg in common."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One leg's figures in both runs. `mean` is of the second less the first, over the same queries; `p` the
    chance of as large a one where there is none; `won` and `lost` count the second's queries."""

    first: float
    second: float
    mean: Mean
    p: float
    won: int
    lost: int


@dataclass(frozen=True, slots=True)
class Change:
    """A query's nDCG in both runs."""

    query: str
    first: float
    second: float

    @property
    def difference(self) -> float:
        return self.second - self.first


@dataclass(frozen=True, slots=True)
class Comparison:
    """Leg, then metric, to their difference; `left_out` counts queries that only one of the runs has."""

    queries: int
    left_out: int
    legs: dict[str, dict[str, Difference]]
    changed: dict[str, list[Change]]

    def as_json(self) -> dict[str, Any]:
        return {
            "queries": self.queries,
            "left_out": self.left_out,
            "legs": {
                leg: {metric: _described(each) for metric, each in found.items()}
                for leg, found in self.legs.items()
            },
            "changed": {
                leg: [
                    {"query": each.query, "first": round(each.first, 4), "second": round(each.second, 4)}
                    for each in found
                ]
                for leg, found in self.changed.items()
            },
        }


def compared(first: Run, second: Run) -> Comparison:
    """Of the queries and legs that both have. Raises NotComparable."""
    one, other = first.keyed(), second.keyed()
    both = [key for key in one if key in other]
    legs = [leg for leg in first.legs if leg in second.legs]
    if not both or not legs:
        raise NotComparable(f"The two runs have no {'leg' if both else 'query'} in common.")
    differences = {
        leg: {
            metric: _difference([(one[key].legs[leg][metric], other[key].legs[leg][metric]) for key in both])
            for metric in METRICS
        }
        for leg in legs
    }
    changes = {
        leg: [
            Change(key[0], one[key].legs[leg][NDCG] or 0.0, other[key].legs[leg][NDCG] or 0.0) for key in both
        ]
        for leg in legs
    }
    most = {leg: _most_changed(found) for leg, found in changes.items()}
    return Comparison(len(both), len(one) + len(other) - 2 * len(both), differences, most)


def _difference(pairs: Sequence[tuple[float | None, float | None]]) -> Difference:
    known = [(one, other) for one, other in pairs if one is not None and other is not None]
    differences = [other - one for one, other in known]
    return Difference(
        first=sum(one for one, _ in known) / max(1, len(known)),
        second=sum(other for _, other in known) / max(1, len(known)),
        mean=mean(differences),
        p=chance_of(differences),
        won=sum(each > _ALIKE for each in differences),
        lost=sum(each < -_ALIKE for each in differences),
    )


def _most_changed(changes: Sequence[Change]) -> list[Change]:
    found = [each for each in changes if abs(each.difference) > _ALIKE]
    return sorted(found, key=lambda each: -abs(each.difference))[:MOST_CHANGED]


def _described(found: Difference) -> dict[str, Any]:
    return {
        "first": round(found.first, 4),
        "second": round(found.second, 4),
        "difference": round(found.mean.value, 4),
        "ci95": [round(found.mean.low, 4), round(found.mean.high, 4)],
        "p": round(found.p, 4),
        "won": found.won,
        "lost": found.lost,
    }
