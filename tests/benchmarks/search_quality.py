"""How well the search ranks, on judged queries: `python -m tests.benchmarks.search_quality`.

Needs a folder with `products.ndjson.gz` and `judgments-dev.ndjson` of the ESCI subset: --data names it, else
TENDERO_ESCI, else it is ../shared/data/esci beside the repository. Loads the products as those of a source,
into a database of its own, embeds with the local model and asks every query.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import os
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from infra.local.postgres import Postgres
from infra.migrations.prepare import prepare
from tendero.catalog.embedders.local import LocalEmbedder
from tendero.catalog.embedding import Embeddings
from tendero.catalog.item import CatalogItem
from tendero.catalog.search import ProductSearch, index, lexical, question, ranking, vector
from tendero.catalog.search.filters import Filters, condition
from tendero.catalog.store import Store
from tendero.platform.connect import database
from tendero.platform.database import Database
from tendero.platform.settings import Settings

_DEFAULT = Path(__file__).parents[2].parent / "shared" / "data" / "esci"
_GAINS = {"E": 1.0, "S": 0.1, "C": 0.01, "I": 0.0}
_AT = 10
_SAMPLES = 2_000
_LEGS = ("lexical", "vector", "fused")


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--data", type=Path, default=Path(os.environ.get("TENDERO_ESCI", _DEFAULT)))
    folder = options.parse_args().data
    if not (folder / "products.ndjson.gz").is_file():
        print(f"Skipped: no judged products in {folder} (--data or TENDERO_ESCI names the folder).")
        return
    with tempfile.TemporaryDirectory(prefix="tendero-") as place, Postgres(Path(place) / "pg") as server:
        settings = Settings.load({"DATABASE_URL": server.url("postgres"), "EMBEDDER": "local"})
        prepare(settings)
        pool = database(settings)
        try:
            _load(pool, settings, folder)
            _report(*_asked(pool, settings, folder))
        finally:
            pool.close()


def _load(pool: Database, settings: Settings, folder: Path) -> None:
    items = list(_items(folder))
    store = Store(pool, "esci")
    began = time.perf_counter()
    for start in range(0, len(items), settings.commit_batch_size):
        store.write(items[start : start + settings.commit_batch_size])
    with pool.transaction() as transaction:
        index.refresh_statistics(transaction)
    written = time.perf_counter()
    Embeddings(pool, LocalEmbedder(), settings).fan_out(run_id=0)
    done = time.perf_counter()
    print(
        f"{len(items)} products: {written - began:.1f} s to write and index, {done - written:.1f} s to embed"
    )


def _items(folder: Path) -> Iterator[CatalogItem]:
    with gzip.open(folder / "products.ndjson.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield CatalogItem(
                source="esci",
                external_id=row["asin"],
                name=row["title"],
                brand=row["brand"] or None,
                categories=tuple(row["category"] or ()),
                attributes={"Color": [row["color"]]} if row["color"] else {},
                short_description=row["bullet_points"] or "",
                description=row["description"] or "",
            )


def _asked(pool: Database, settings: Settings, folder: Path) -> tuple[dict[str, list[float]], list[float]]:
    """nDCG@10 per query for each leg, and the milliseconds of each whole search."""
    embedder = LocalEmbedder()
    search = ProductSearch(pool, embedder, settings)
    figures: dict[str, list[float]] = {leg: [] for leg in _LEGS}
    times: list[float] = []
    for line in (folder / "judgments-dev.ndjson").read_text(encoding="utf-8").splitlines():
        judged = json.loads(line)
        found = search.search(judged["query"], limit=_AT)
        times.append(found.milliseconds["total"])
        ranked = {
            **_by_leg(pool, embedder, judged["query"]),
            "fused": [h.product.external_id for h in found.hits],
        }
        for leg in _LEGS:
            figures[leg].append(ndcg(ranked[leg], judged["labels"]))
    return figures, times


def _by_leg(pool: Database, embedder: LocalEmbedder, text: str) -> dict[str, list[str]]:
    from tendero.catalog import products

    asked = question.read(text)
    (embedded,) = embedder.embed([asked.content])
    with pool.transaction() as transaction:
        worded = lexical.find(transaction, asked, condition(Filters()), most=_AT)
        near = vector.nearest(
            transaction, embedded, embedder.model, condition(Filters()), most=_AT, ef_search=100
        )
        ids: dict[str, Sequence[Any]] = {"lexical": worded, "vector": near}
        return {
            leg: [each.external_id for each in products.read(transaction, [one.product_id for one in found])]
            for leg, found in ids.items()
        }


def ndcg(ranked: Sequence[str], labels: dict[str, str]) -> float:
    """nDCG@10 with gains E=1, S=0.1, C=0.01, I=0 and unjudged=0; the ideal is of the query's own labels."""
    gains = [_GAINS.get(labels.get(each, "I"), 0.0) for each in ranked[:_AT]]
    ideal = _discounted(sorted((_GAINS[label] for label in labels.values()), reverse=True)[:_AT])
    return _discounted(gains) / ideal if ideal else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def _interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean, over queries."""
    chance = random.Random(0)
    means = sorted(sum(chance.choices(values, k=len(values))) / len(values) for _ in range(_SAMPLES))
    return means[int(0.025 * _SAMPLES)], means[int(0.975 * _SAMPLES)]


def _report(figures: dict[str, list[float]], times: Sequence[float]) -> None:
    print(f"{'leg':<10}nDCG@{_AT}   95 % interval   ({len(times)} queries)")
    for leg, values in figures.items():
        low, high = _interval(values)
        print(f"{leg:<10}{sum(values) / len(values):.4f}    {low:.3f} to {high:.3f}")
    ordered = sorted(times)
    median, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    print(f"one search: median {median:.1f} ms, p95 {late:.1f} ms")
    print(f"settings: {ranking.FIELD_WEIGHTS}, k1 {ranking.BM25_K1}, b {ranking.BM25_B}")


if __name__ == "__main__":
    main()
