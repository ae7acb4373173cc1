"""Products like one product, within its category."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tendero.catalog import products
from tendero.catalog.embedder import Embedder
from tendero.catalog.models import Find, Models
from tendero.catalog.product import Product
from tendero.catalog.search import vector
from tendero.catalog.search.filters import Choice, Facet, Filters, condition
from tendero.catalog.search.passing import Passing
from tendero.catalog.search.variations import can_be_bought, with_variations
from tendero.catalog.search.vector import Near
from tendero.platform.database import Database, Transaction
from tendero.platform.deadline import Deadline
from tendero.platform.settings import Settings
from tendero.platform.sql import load

_SQL = load(__file__)
# How many products are compared by their names where there is no vector.
_MOST_COMPARED = 500


class SimilarProducts:
    """What to offer in a product's place. Takes what `ProductSearch` takes; threads may share it."""

    def __init__(
        self, database: Database, embedder: Embedder, settings: Settings, find: Find | None = None
    ) -> None:
        self._database = database
        self._models = Models(embedder, find)
        self._ef_search = settings.hnsw_ef_search

    def __call__(self, product: Product, *, limit: int, deadline: Deadline | None = None) -> list[Product]:
        """At most `limit` products that can be bought now, the likest first; of those with variations, those
        in stock. Raises DatabaseError or DeadlineExceeded."""
        with self._database.transaction(deadline) as transaction:
            model = self._models.active(transaction).model
            near = similar(
                transaction, product.id, model, in_stock=True, limit=limit, ef_search=self._ef_search
            )
            found = products.read(transaction, [each.product_id for each in near])
        return [_in_stock(each) for each in found if can_be_bought(each)]


def similar(
    transaction: Transaction, product_id: int, model: str, *, in_stock: bool, limit: int, ef_search: int = 100
) -> list[Near]:
    """At most `limit` other products that customers find, the likest first. With `in_stock`, only what can
    be bought now.

    Of the smallest of the product's categories, then of the larger ones as far as that is not enough; of all
    products where it has none. By its own vector; where `model` has not embedded it, by the words of its name
    and its price, and `similarity` is then the share of these words.
    """
    own = vector.vector_of(transaction, product_id, model)
    found: dict[int, Near] = {}
    for filters in _circles(transaction, product_id, in_stock):
        met = condition(filters)
        most = limit + 1 + len(found)
        if own is not None:
            near = vector.nearest(transaction, own, model, Passing(met), most=most, ef_search=ef_search)
        else:
            query = _SQL["worded"].filled(filters=met.sql)
            asked = {"id": product_id, "most": most, "compared": _MOST_COMPARED, **met.parameters}
            near = [Near(row["id"], float(row["similarity"])) for row in transaction.fetch(query, **asked)]
        for each in near:
            if each.product_id != product_id:
                found.setdefault(each.product_id, each)
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def _circles(transaction: Transaction, product_id: int, in_stock: bool) -> Iterator[Filters]:
    """Where to look: in each of the product's categories, the smallest first, or everywhere."""
    categories = transaction.fetch(_SQL["categories"], id=product_id)
    for each in categories:
        choice = Choice(Facet.CATEGORY, each["label"], (each["id"],))
        yield Filters(in_stock=in_stock, categories=(choice,))
    if not categories:
        yield Filters(in_stock=in_stock)


def _in_stock(product: Product) -> Product:
    kept: Sequence[int] = [each.id for each in product.variations if each.in_stock]
    return with_variations(product, kept) if kept else product
