"""Other people's rankings, in an environment of their own: `python baselines.py FOLDER DATABASE_URL`.

Reads `documents.json` ({"ids", "texts", "vectors"}) and `queries.json` ({"texts", "vectors"}) in the folder,
the vectors made by Tendero's local embedder, and writes `rankings.json`: a ranking's name to lists of ids.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

MOST = 50
_TABLE = "documents"


def main(folder: Path, url: str) -> None:
    documents = json.loads((folder / "documents.json").read_text(encoding="utf-8"))
    queries = json.loads((folder / "queries.json").read_text(encoding="utf-8"))
    rankings = {"bm25s": _bm25s(documents, queries), **_langchain(documents, queries, url)}
    (folder / "rankings.json").write_text(json.dumps(rankings), encoding="utf-8")


def _bm25s(documents: dict[str, Any], queries: dict[str, Any]) -> list[list[str]]:
    """Its defaults (Lucene's BM25) with English stop words and Snowball's English stemmer."""
    import bm25s
    import Stemmer

    def tokens(texts: list[str]) -> Any:
        return bm25s.tokenize(texts, stopwords="en", stemmer=Stemmer.Stemmer("english"), show_progress=False)

    index = bm25s.BM25()
    index.index(tokens(documents["texts"]), show_progress=False)
    found, scores = index.retrieve(tokens(queries["texts"]), k=MOST, show_progress=False)
    return [
        [documents["ids"][each] for each, score in zip(row, points, strict=True) if score > 0]
        for row, points in zip(found, scores, strict=True)
    ]


def _langchain(documents: dict[str, Any], queries: dict[str, Any], url: str) -> dict[str, list[list[str]]]:
    """PGVectorStore's hybrid search, fused by reciprocal rank, with 50 candidates of each side instead of 4.

    A configuration keeps the words of the first query that it is used for (`fts_query`, 0.0.19): so it is
    measured as its guide shows it, with one for the store, and with a new one for each query.
    """
    from langchain_postgres import PGEngine, PGVectorStore
    from langchain_postgres.v2.hybrid_search_config import HybridSearchConfig, reciprocal_rank_fusion

    def hybrid() -> HybridSearchConfig:
        return HybridSearchConfig(
            tsv_column="content_tsv",
            fusion_function=reciprocal_rank_fusion,
            primary_top_k=MOST,
            secondary_top_k=MOST,
        )

    engine = PGEngine.from_connection_string(url)
    engine.init_vectorstore_table(
        _TABLE,
        vector_size=len(documents["vectors"][0]),
        hybrid_search_config=hybrid(),
        metadata_columns=[],
        id_column=_text_id(),
    )
    embedding = _given(dict(zip(queries["texts"], queries["vectors"], strict=True)))
    store = PGVectorStore.create_sync(engine, embedding, _TABLE, hybrid_search_config=hybrid())
    store.add_embeddings(documents["texts"], documents["vectors"], ids=documents["ids"])

    def ranked(**options: Callable[[], HybridSearchConfig]) -> list[list[str]]:
        return [
            [
                str(each.id)
                for each in store.similarity_search(
                    query, k=MOST, **{name: made() for name, made in options.items()}
                )
            ]
            for query in queries["texts"]
        ]

    return {
        "langchain-postgres": ranked(hybrid_search_config=hybrid),
        "langchain-postgres, one configuration": ranked(),
    }


def _text_id() -> Any:
    from langchain_postgres import Column

    return Column("langchain_id", "TEXT", nullable=False)


def _given(vectors: dict[str, list[float]]) -> Any:
    """An embedder that knows these texts."""
    from langchain_core.embeddings import Embeddings

    class Given(Embeddings):
        def embed_query(self, text: str) -> list[float]:
            return vectors[text]

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [vectors[text] for text in texts]

    return Given()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
