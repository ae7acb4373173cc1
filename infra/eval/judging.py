"""Judges the search over a file of products by a file of judged queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version

from infra.eval.judged import Judged
from infra.eval.legs import Legs
from infra.eval.run import Run, percentile, score
from infra.eval.trial import Tell, trial
from tendero.catalog.item import CatalogItem
from tendero.platform.errors import TenderoError


class NothingJudged(TenderoError):
    """No query has a label."""


def judge(
    items: Sequence[CatalogItem], judged: Sequence[Judged], variables: Mapping[str, str], tell: Tell
) -> Run:
    """Loads the products into a database of its own and asks every query that has labels.

    Raises NothingJudged, and what `trial` and a search raise.
    """
    wanted = [each for each in judged if each.labels]
    if not wanted:
        raise NothingJudged("No query in the file of judgements has a label.")
    scored, times = [], []
    with trial(items, variables, tell) as ready:
        legs = Legs(ready.database, ready.embedder, ready.settings)
        ready.embedder.load()
        for number, each in enumerate(wanted):
            tell(f"asking: {number} of {len(wanted)}")
            asked = legs.ask(each.query)
            ranked = {leg: [one.external_id for one in found] for leg, found in asked.ranked.items()}
            scored.append(score(each, ranked))
            times.append(asked.result.milliseconds["total"])
        model = ready.embedder.model
    return Run(
        scored,
        {
            "products": len(items),
            "embedder": model,
            "milliseconds": {"median": percentile(times, 0.5), "p95": percentile(times, 0.95)},
            "labels_without_product": _unknown(items, wanted),
            "version": version("tendero"),
        },
    )


def _unknown(items: Sequence[CatalogItem], judged: Sequence[Judged]) -> int:
    """Products that have a label and are not in the file: no search can find them."""
    known = {each.external_id for each in items}
    return len({product for each in judged for product in each.labels} - known)
