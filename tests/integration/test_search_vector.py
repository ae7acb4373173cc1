"""The vector leg: exact where filters leave few, by the index else, and never what customers cannot find."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

import numpy
import pytest

from tendero.catalog.embedder import Vector
from tendero.catalog.embedding import write_vectors
from tendero.catalog.search import vector
from tendero.catalog.search.filters import Filters, condition
from tendero.catalog.search.passing import Passing
from tendero.catalog.search.vector_index import ensure_index
from tendero.catalog.store import Store
from tendero.platform.database import Database, Transaction
from tendero.platform.sql import Query
from tests.integration.search_shop import item

COUNT, DIMENSIONS, MODEL = 1_500, 16, "test-16"


def met(**demanded: Decimal) -> Passing:
    return Passing(condition(replace(Filters(), **demanded)))


def made(count: int, chance: int = 0) -> list[Vector]:
    rows = numpy.random.default_rng(chance).normal(size=(count, DIMENSIONS))
    rows /= numpy.linalg.norm(rows, axis=1, keepdims=True)
    return [array("f", row.tobytes()) for row in rows.astype(numpy.float32)]


@pytest.fixture
def vectors(db: Database) -> dict[int, Vector]:
    """Products whose prices are 1, 2, 3…, what lies far in the first direction the cheapest; by id."""
    items = [item(str(n), f"Cosa {n}", price=Decimal(n)) for n in range(1, COUNT + 1)]
    Store(db, "shop").write(items)
    rows = db.fetch(Query.parse("ids", "select id, text_hash from products order by price"))
    embedded = list(zip(rows, sorted(made(COUNT), key=lambda each: -each[0]), strict=True))
    write_vectors(db, MODEL, embedded)
    ensure_index(db, MODEL, DIMENSIONS, 16, 64)
    with db.session() as session:
        for table in ("search_offers", "product_embeddings"):
            session.execute(Query.parse("analyse", f"vacuum analyze {table}"))
    return {row["id"]: each for row, each in embedded}


@pytest.fixture
def transaction(db: Database) -> Iterator[Transaction]:
    with db.transaction() as open_transaction:
        yield open_transaction


def truth(vectors: dict[int, Vector], asked: Vector, passes: Callable[[int], bool], most: int) -> list[int]:
    """Ids by similarity, of those products whose place, from 1, passes."""
    numbered = [(each, held) for place, (each, held) in enumerate(vectors.items(), 1) if passes(place)]
    return [each for each, held in sorted(numbered, key=lambda pair: -numpy.dot(pair[1], asked))][:most]


@pytest.mark.parametrize("left", [COUNT, 900, 200, 30, 5, 0])
def test_the_nearest_that_meet_the_filters_are_found(
    vectors: dict[int, Vector], transaction: Transaction, left: int
) -> None:
    passing = met(price_max=Decimal(left))
    hits = total = 0
    for asked in made(20, chance=1):
        near = vector.nearest(transaction, asked, MODEL, passing, most=20, ef_search=100)
        assert len(near) == min(20, left)
        assert [each.similarity for each in near] == sorted((e.similarity for e in near), reverse=True)
        right = truth(vectors, asked, lambda place: place <= left, 10)
        hits += len({*right} & {each.product_id for each in near[:10]})
        total += len(right)
    assert hits >= 0.97 * total


def test_few_products_are_compared_exactly(vectors: dict[int, Vector], transaction: Transaction) -> None:
    passing = met(price_min=Decimal(100), price_max=Decimal(150))
    for asked in made(5, chance=2):
        near = vector.nearest(transaction, asked, MODEL, passing, most=10, ef_search=10)
        assert [each.product_id for each in near] == truth(
            vectors, asked, lambda place: 100 <= place <= 150, 10
        )


def test_filters_that_let_nothing_near_through_give_what_is_left(
    vectors: dict[int, Vector], transaction: Transaction
) -> None:
    asked = array("f", [1.0] + [0.0] * (DIMENSIONS - 1))
    passing = met(price_min=Decimal(COUNT - 400))
    near = vector.nearest(transaction, asked, MODEL, passing, most=20, ef_search=20)
    assert len(near) == 20
    assert {each.product_id for each in near} <= {*[*vectors][COUNT - 401 :]}


def test_what_a_model_has_embedded_so_far_is_found(
    vectors: dict[int, Vector], transaction: Transaction
) -> None:
    some = [*vectors][:25]
    copied = "insert into product_embeddings select product_id, 'new', shop_id, text_hash, embedding"
    copied += " from product_embeddings where product_id = any(:ids)"
    transaction.execute(Query.parse("copied", copied), ids=some)
    near = vector.nearest(transaction, vectors[some[0]], "new", met(), most=30, ef_search=100)
    assert sorted(each.product_id for each in near) == sorted(some)


def test_what_customers_cannot_find_is_never_near(db: Database, vectors: dict[int, Vector]) -> None:
    first, second, *_ = vectors
    Store(db, "shop").deactivate(["1"])
    with db.transaction() as transaction:
        near = vector.nearest(transaction, vectors[first], MODEL, met(), most=10, ef_search=100)
        assert first not in {each.product_id for each in near}
        near = vector.nearest(transaction, vectors[second], MODEL, met(), most=10, ef_search=100)
        assert near[0].product_id == second
        assert vector.nearest(transaction, vectors[second], "other", met(), most=10, ef_search=100) == []


def test_similarities_are_cosines(vectors: dict[int, Vector], transaction: Transaction) -> None:
    ids = [*vectors][:7]
    (asked,) = made(1, chance=3)
    found = vector.similarities(transaction, [*ids, 10**9], asked, MODEL)
    assert found == pytest.approx({each: numpy.dot(vectors[each], asked) for each in ids}, abs=2e-3)


def test_likeness_is_the_cosine_with_the_mean_of_the_best(
    vectors: dict[int, Vector], transaction: Transaction
) -> None:
    ids, best = [*vectors][:7], [*vectors][5:10]
    mean = numpy.mean([vectors[each] for each in best], axis=0)
    expected = {each: numpy.dot(vectors[each], mean) / numpy.linalg.norm(mean) for each in ids}
    assert vector.likeness(transaction, ids, best, MODEL) == pytest.approx(expected, abs=2e-3)
    assert vector.likeness(transaction, ids, best, "other") == {}


def test_a_products_own_vector_comes_back(vectors: dict[int, Vector], transaction: Transaction) -> None:
    first = next(iter(vectors))
    assert vector.vector_of(transaction, first, MODEL) == pytest.approx(vectors[first], abs=1e-3)
    assert vector.vector_of(transaction, first, "other") is None


def test_a_change_of_price_or_stock_leaves_the_vectors_alone(
    db: Database, vectors: dict[int, Vector]
) -> None:
    versions = Query.parse(
        "versions", "select product_id, ctid::text, xmin::text from product_embeddings order by 1"
    )
    before = db.fetch(versions)
    Store(db, "shop").write(
        [item(str(n), f"Cosa {n}", price=Decimal(n + 1), stock_quantity=Decimal(2)) for n in range(1, 200)]
    )
    assert db.fetch(versions) == before
