"""One judging of the search: figures per query and leg, as they are shown, saved and compared."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.eval.judged import Judged
from infra.eval.metrics import Mean, mean, ndcg, recall, reciprocal_rank
from infra.eval.rows import BadFile, replace

# The figures' names in files, and how each is computed.
NDCG, RECALL, MRR = "ndcg@10", "recall@50", "mrr"
METRICS: Mapping[str, Callable[[Sequence[str], Mapping[str, str]], float | None]] = {
    NDCG: ndcg,
    RECALL: recall,
    MRR: reciprocal_rank,
}

# Metric to figure; None where the query has no exact product to find.
Figures = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Scored:
    """A query's figures per leg."""

    query: str
    legs: Mapping[str, Figures]


@dataclass(frozen=True, slots=True)
class Run:
    """All queries of one judging, and what is known of it: the model, how many products, milliseconds."""

    scored: Sequence[Scored]
    about: Mapping[str, Any]

    @property
    def legs(self) -> tuple[str, ...]:
        return tuple(self.scored[0].legs)

    def values(self, leg: str, metric: str) -> list[float]:
        """Of the queries that have this figure."""
        found = (each.legs[leg][metric] for each in self.scored)
        return [value for value in found if value is not None]

    def mean(self, leg: str, metric: str) -> Mean:
        return mean(self.values(leg, metric))

    def as_json(self) -> dict[str, Any]:
        return {
            "queries": len(self.scored),
            "legs": {leg: self._leg(leg) for leg in self.legs},
            **self.about,
            "per_query": [{"query": each.query, **each.legs} for each in self.scored],
        }

    def _leg(self, leg: str) -> dict[str, Any]:
        means = {metric: self.mean(leg, metric) for metric in METRICS}
        intervals = {metric: [round(found.low, 4), round(found.high, 4)] for metric, found in means.items()}
        values = {metric: round(found.value, 4) for metric, found in means.items()}
        return {
            NDCG: values[NDCG],
            "ci95": intervals[NDCG],
            RECALL: values[RECALL],
            MRR: values[MRR],
            f"{RECALL}_ci95": intervals[RECALL],
            f"{MRR}_ci95": intervals[MRR],
        }

    def keyed(self) -> dict[tuple[str, int], Scored]:
        """By the query and how many of the same stand before it."""
        seen: Counter[str] = Counter()
        found: dict[tuple[str, int], Scored] = {}
        for each in self.scored:
            found[each.query, seen[each.query]] = each
            seen[each.query] += 1
        return found


def score(judged: Judged, ranked: Mapping[str, Sequence[str]]) -> Scored:
    """The figures of the ids that each leg found, best first."""
    return Scored(
        judged.query,
        {
            leg: {name: metric(ids, judged.labels) for name, metric in METRICS.items()}
            for leg, ids in ranked.items()
        },
    )


def save(run: Run, file: Path) -> None:
    """Raises BadFile."""
    replace(file, json.dumps(run.as_json(), ensure_ascii=False, indent=1).encode() + b"\n")


def read(file: Path) -> Run:
    """A run that was saved, or printed with --json. Raises BadFile."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        scored = [_scored(each) for each in found["per_query"]]
        if not scored or any(each.legs.keys() != scored[0].legs.keys() for each in scored):
            raise ValueError("no queries, or not the same legs for all of them")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadFile(
            f"{file} is no run saved by `tendero eval search --save`: {type(error).__name__} {error}."
        ) from error
    return Run(scored, {})


def _scored(line: Mapping[str, Any]) -> Scored:
    legs = {name: _figures(each) for name, each in line.items() if name != "query"}
    return Scored(str(line["query"]), legs)


def _figures(found: Mapping[str, Any]) -> Figures:
    return {name: None if found[name] is None else float(found[name]) for name in METRICS}


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which this share of them lies, 0 to 1."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
