"""The search's few numbers, in one place: chosen on judged queries, measured by tests/benchmarks."""

from __future__ import annotations

from typing import NamedTuple


class FieldWeights(NamedTuple):
    """What a word counts: in the name; in brand, categories, tags and options; in descriptions."""

    name: float
    label: float
    text: float


FIELD_WEIGHTS = FieldWeights(name=5, label=3, text=1)

# BM25's own two (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework", 3.4).
BM25_K1 = 1.2
BM25_B = 0.75

# A translation counts less than the word itself; a word of asking ("busco", "have") hardly.
TRANSLATION_WEIGHT = 0.7
FILLER_WEIGHT = 0.2
# A filler that stands in more than this share of the products is not even looked up.
COMMON_SHARE = 0.1

# How many products each leg hands to the fusion, and the fusion's two numbers.
DEPTH = 100
RRF_K = 20
LEXICAL_WEIGHT = 1.0
VECTOR_WEIGHT = 0.3

# A word found only in the descriptions shows less than one in the name that this is the thing asked for.
TEXT_SHARE = 0.5
# Least score of a hit that counts as what was asked for.
CONFIDENT = 0.5
# Cosine similarity from which on a product is probably what was asked for, by embedding model.
_LIKELY_SIMILARITY = {"wordllama-256": 0.7, "text-embedding-3-small": 0.45, "text-embedding-3-large": 0.45}
_LIKELY_OF_OTHERS = 0.7


def closeness(model: str, similarity: float) -> float:
    """What a cosine similarity of this model's vectors is worth as a score, 0 to 1."""
    likely = next(
        (value for name, value in _LIKELY_SIMILARITY.items() if model.startswith(name)), _LIKELY_OF_OTHERS
    )
    if similarity < likely:
        return CONFIDENT * max(0.0, similarity) / likely
    return CONFIDENT + (1 - CONFIDENT) * (min(1.0, similarity) - likely) / (1 - likely)
