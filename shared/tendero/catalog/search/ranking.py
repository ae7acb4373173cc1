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

# A translation counts less than the word itself; a word of asking ("busco", "have") half.
TRANSLATION_WEIGHT = 0.7
# It is used only where the catalogue has it this many times more often than the word itself: then the word is
# foreign to the catalogue, else it would only dilute. For a word that stands in no more products than chance
# brings, less will do.
FOREIGN_RATIO = 20.0
CHANCE = 5
FOREIGN_RATIO_OF_RARE = 3.0
# A correction of a misspelt word counts less than a word that is there; so does a word of the same stem that
# ends in another way ("cara" beside "cars").
CORRECTION_WEIGHT = 0.8
OTHER_FORM_SHARE = 0.7
FILLER_WEIGHT = 0.5
# A filler that stands in more than this share of the products is not even looked up.
COMMON_SHARE = 0.3

# How many of a term's products are looked at, those with most of it first; how many of the rarest term's; and
# how many of all these, by what was seen so far, are scored exactly. This loses 0.002 of nDCG@10.
CUT = 300
CUT_OF_RAREST = 1_000
RESCORED = 200
# With filters, how much deeper a term's products are walked at most, so that as many pass as without; how
# much where fewer than enough do, or where those that pass are known; then to their end. Where filters leave
# few products, all are scored.
DEEPER = 2
DEEPEST = 10
ENOUGH = 20
FEW = 500
# Products looked at to guess how many the filters leave: takes 0.3 ms, up to 1 with a brand or category.
SAMPLE = 1_000
# One product that a scan of the vector index passes over takes as long as so many that are listed and
# compared, see tests/benchmarks/vector_search; fewer where a brand, a category or an option is demanded,
# since each of its products is then looked up.
INDEX_STEP = 8.0
INDEX_STEP_OF_VALUES = 3.0
# With more products than these, HNSW_EF_SEARCH is taken times the root of how many times as many there are:
# at a million, 200 found 0.93 of the nearest ten under a stock and price filter, 632 found 0.97, for 5 ms.
REACH_DOCUMENTS = 100_000


class Negation(NamedTuple):
    """For what is to be left out: the share taken off a product that has it in its name or labels, or else in
    its texts; the share added to one whose name or labels, or else whose texts, say to be without it."""

    named: float
    told: float
    named_without: float
    told_without: float


NEGATION = Negation(named=0.4, told=0.1, named_without=0.3, told_without=0.15)

# How many products the words hand to the fusion, and how many the vectors: fewer with filters, since an index
# scan then takes longer for each. 20, 50 and 100 rank alike.
DEPTH = 100
NEIGHBOURS = 50
NEIGHBOURS_FILTERED = 25
# What a product's score gains when the question names its brand.
BRAND_BONUS = 0.1
# How many of the best candidates say what all of them should be like; from 4 to 8 it makes no difference.
FEEDBACK_PRODUCTS = 5

# A question names a brand where at least this share of the products with its words is of that brand: "apple"
# does, "blue" and "salt", which are brands too, do not.
NAMED_SHARE = 0.1
# From this share on, and with so many products, a brand becomes a filter: others with its words are few. The
# same tells a colour or a size by a word that also means other things ("naranja", "42").
FILTER_SHARE = 0.5
FILTER_LEAST = 3

# How much of a product's BM25 depends on covering the whole question.
COVERAGE_SHARE = 0.5
# A colour or material says less of what is wanted than the thing's name.
MODIFIER_MASS = 0.5
# A word found only in the descriptions shows less than one in the name that this is the thing asked for.
TEXT_SHARE = 0.4
# Least score of a hit that counts as what was asked for.
CONFIDENT = 0.5


class Closeness(NamedTuple):
    """What an embedding model's cosine similarities mean.

    `weight` is its leg's in the sum, beside 1 for the words. A question whose nearest product is no closer
    than `unrelated` gets none of it, from `related` on all: a model that does not know the language finds
    nothing near, and its order is noise. From `likely` on, a product is what was asked for.
    """

    weight: float
    unrelated: float
    related: float
    likely: float

    def trust(self, nearest: float) -> float:
        """The leg's weight when the nearest product has this similarity."""
        return self.weight * min(1.0, max(0.0, (nearest - self.unrelated) / (self.related - self.unrelated)))

    def score(self, similarity: float) -> float:
        """A similarity as a hit's score, 0 to 1."""
        if similarity < self.likely:
            return CONFIDENT * max(0.0, similarity) / self.likely
        return CONFIDENT + (1 - CONFIDENT) * (min(1.0, similarity) - self.likely) / (1 - self.likely)


# The local model is measured. OpenAI's are set by what is known of their similarities: not measured here.
_LOCAL = Closeness(weight=0.5, unrelated=0.2, related=0.5, likely=0.7)
_OPENAI = Closeness(weight=1.0, unrelated=0.15, related=0.35, likely=0.5)


def closeness(model: str) -> Closeness:
    """How to read the similarities of this model's vectors."""
    return _OPENAI if model.startswith("text-embedding-3") else _LOCAL
