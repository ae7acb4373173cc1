"""Tendero's search beside others on the same judged queries: `make bench BENCH=search_baselines`.

Needs `products.ndjson.gz` and `judgments-dev.ndjson` of the ESCI subset: --data names their folder, else
TENDERO_ESCI, else it is ../shared/data/esci beside the repository. The others are installed from the
requirements.txt of this folder into build/baselines, once. --write puts the table into the README and the
picture into docs/search-quality.png.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.build import ROOT
from infra.eval import judged, products
from infra.eval.judged import Judged
from infra.eval.legs import Legs
from infra.eval.metrics import RECALL_AT, chance_of, mean
from infra.eval.picture import Bar, draw
from infra.eval.run import METRICS, MRR, NDCG, RECALL, Run, score
from infra.eval.trial import Trial, trial
from tendero.catalog.item import CatalogItem
from tendero.catalog.text import text_for_embedding
from tendero.platform.sql import load

_SQL = load(__file__)
_DEFAULT = ROOT.parent / "shared" / "data" / "esci"
_LOCKED, _PLACE = Path(__file__).with_name("requirements.txt"), ROOT / "build" / "baselines"
_README, _PICTURE = ROOT / "README.md", ROOT / "docs" / "search-quality.png"
_BEGIN, _END = "<!-- search-quality:begin -->", "<!-- search-quality:end -->"
_POSTGRES = "PostgreSQL ts_rank_cd"
_OWN = {"lexical": "Tendero, words", "vector": "Tendero, vectors", "fused": "Tendero"}
_BEST = _OWN["fused"]
_NAMES = {NDCG: "nDCG@10", RECALL: "recall@50", MRR: "MRR"}

# Name of a ranking to the ids that it found for each query, best first.
Rankings = dict[str, list[list[str]]]


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--data", type=Path, default=Path(os.environ.get("TENDERO_ESCI", _DEFAULT)))
    options.add_argument("--write", action="store_true", help="Write the README's table and picture.")
    given = options.parse_args()
    if not (given.data / "products.ndjson.gz").is_file():
        print(f"Skipped: no judged products in {given.data} (--data or TENDERO_ESCI names the folder).")
        return
    items = products.read(given.data / "products.ndjson.gz")
    queries = judged.read(given.data / "judgments-dev.ndjson")
    with trial(items, {"EMBEDDER": "local"}, lambda _: None) as ready:
        rankings = {
            _POSTGRES: _postgres(ready, queries),
            **_others(ready, items, queries, _environment()),
            **_own(ready, queries),
        }
    run = _scored(queries, rankings)
    table = _table(run)
    print(table)
    if given.write:
        _write(table)
        note = f"{len(queries)} ESCI queries over {len(items)} products; lines: 95 % intervals"
        draw(_PICTURE, "Search quality", note, _bars(run))


def _environment() -> str:
    """A Python that has what is locked; made anew when the lock has changed."""
    python, installed = str(_PLACE / "bin" / "python"), _PLACE / "installed.txt"
    locked = _LOCKED.read_text(encoding="utf-8")
    if not installed.is_file() or installed.read_text(encoding="utf-8") != locked:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(_PLACE)], check=True)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([python, *install, "-r", str(_LOCKED)], check=True)
        installed.write_text(locked, encoding="utf-8")
    return python


def _own(ready: Trial, queries: Sequence[Judged]) -> Rankings:
    legs = Legs(ready.database, ready.embedder, ready.settings)
    rankings: Rankings = {name: [] for name in _OWN.values()}
    for each in queries:
        for leg, found in legs.ask(each.query).ranked.items():
            rankings[_OWN[leg]].append([product.external_id for product in found])
    return rankings


def _postgres(ready: Trial, queries: Sequence[Judged]) -> list[list[str]]:
    with ready.database.transaction() as transaction:
        transaction.execute(_SQL["make"])
        transaction.execute(_SQL["fill"])
        return [
            [row["id"] for row in transaction.fetch(_SQL["ranked"], text=each.query, most=RECALL_AT)]
            for each in queries
        ]


def _others(ready: Trial, items: Sequence[CatalogItem], queries: Sequence[Judged], python: str) -> Rankings:
    """The texts and vectors that they get are those that Tendero embeds products by."""
    texts = [text_for_embedding(each) for each in items]
    asked = list(dict.fromkeys(each.query for each in queries))
    with tempfile.TemporaryDirectory(prefix="tendero-") as place:
        folder = Path(place)
        documents = {"ids": [each.external_id for each in items], "texts": texts}
        for name, values in (("documents", documents), ("queries", {"texts": asked})):
            vectors = [list(map(float, each)) for each in ready.embedder.embed(values["texts"])]
            (folder / f"{name}.json").write_text(json.dumps({**values, "vectors": vectors}), encoding="utf-8")
        url = ready.url.replace("postgresql://", "postgresql+psycopg://")
        script = Path(__file__).with_name("baselines.py")
        subprocess.run([python, str(script), place, url], check=True)
        found: Rankings = json.loads((folder / "rankings.json").read_text(encoding="utf-8"))
    places = {query: place for place, query in enumerate(asked)}
    return {name: [ranked[places[each.query]] for each in queries] for name, ranked in found.items()}


def _scored(queries: Sequence[Judged], rankings: Mapping[str, Sequence[Sequence[str]]]) -> Run:
    return Run(
        [
            score(each, {name: ranked[place] for name, ranked in rankings.items()})
            for place, each in enumerate(queries)
        ],
        {},
    )


def _table(run: Run) -> str:
    headings = [*_NAMES.values(), "nDCG@10 below Tendero's"]
    lines = [f"| ranking | {' | '.join(headings)} |", "|---" * (len(headings) + 1) + "|"]
    for name in run.legs:
        means = [run.mean(name, metric) for metric in METRICS]
        cells = [f"{each.value:.3f} ({each.low:.3f} to {each.high:.3f})" for each in means]
        lines.append(f"| {name} | {' | '.join(cells)} | {_behind(run, name)} |")
    return "\n".join(lines)


def _behind(run: Run, name: str) -> str:
    if name == _BEST:
        return ""
    pairs = zip(run.values(_BEST, NDCG), run.values(name, NDCG), strict=True)
    differences = [best - other for best, other in pairs]
    found = mean(differences)
    return f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f}), p {chance_of(differences):.4f}"


def _bars(run: Run) -> list[Bar]:
    return [
        Bar(name, {_NAMES[metric]: run.mean(name, metric) for metric in METRICS}, main=name in _OWN.values())
        for name in run.legs
    ]


def _write(table: str) -> None:
    readme = _README.read_text(encoding="utf-8")
    before, _, rest = readme.partition(_BEGIN)
    _, marker, after = rest.partition(_END)
    if not marker:
        raise SystemExit(f"README.md lacks {_BEGIN} and {_END}.")
    _README.write_text(f"{before}{_BEGIN}\n{table}\n{_END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
