"""A walk over an Odoo that was interrupted is taken up where it stopped, whatever the shop did meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest

from infra.local.demo_odoo import Odoo, Server
from tendero.catalog.item import CatalogItem, Kind
from tendero.catalog.odoo import walk
from tendero.catalog.odoo.source import Odoo as OdooSource
from tendero.catalog.odoo.walk import OdooWalk
from tendero.catalog.report import Figures
from tendero.catalog.source import Known, Offer, Page
from tendero.platform.database import Database
from tendero.platform.settings import Settings
from tests.integration.demo_odoo import START, Clock
from tests.integration.odoo_sync import TEMPLATE, VARIANT, environment, stage

SPANISH = {"lang": "es_ES"}
# Of the first walk, as the next one sees it.
BEGAN = START + timedelta(hours=23)


@dataclass
class Shelf:
    """What a database would hold after some pages."""

    items: dict[str, CatalogItem] = field(default_factory=dict)

    def put(self, page: Page) -> None:
        self.items |= {item.external_id: item for item in page.items}
        for each in page.gone:
            self.items.pop(each, None)

    def shown(self) -> set[str]:
        return {each for each, item in self.items.items() if item.is_active}

    def known(self) -> Known:
        active = [self.items[each] for each in self.shown()]
        products = {item.external_id for item in active if item.kind is Kind.PRODUCT}
        parents = {item.external_id: item.parent_external_id or "" for item in active
                   if item.kind is Kind.VARIATION}  # fmt: skip
        return Known(products, parents, lambda: {
            each: Offer(item.price, item.stock_status, item.stock_quantity)
            for each, item in self.items.items() if item.is_active
        })  # fmt: skip


@dataclass
class Shop:
    """An Odoo that serves, and a source that reads it in small pages."""

    odoo: Odoo
    clock: Clock
    server: Server
    source: OdooSource

    def whole(self, shelf: Shelf, *walked: Any, pages: int | None = None) -> tuple[OdooWalk, list[Page]]:
        """Walks on from `walked` (since, memory, marks), at most so many pages."""
        walk = self.source.walk(*walked)

        def both() -> Iterator[Page]:
            yield from walk.pages()
            yield from walk.verify(shelf.known())

        came = list(islice(both(), pages))
        for page in came:
            shelf.put(page)
        return walk, came

    def visible(self) -> set[str]:
        """What a walk that nothing disturbs shows now."""
        shelf = Shelf()
        self.whole(shelf, None, {})
        return shelf.shown()

    def write(self, model: str, record: int, **values: Any) -> None:
        self.odoo.execute(model, "write", [record], values, context=SPANISH)

    def variants(self) -> list[dict[str, Any]]:
        return list(self.odoo.table(VARIANT).rows.values())


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(walk, "_PER_PAGE", 4)
    clock = Clock()
    odoo = Odoo.generated(30, now=clock)
    with_bare_template(odoo)
    clock.tick(86_400)
    with Server(odoo=odoo) as server:
        source = reading(server, "es_ES")
        yield Shop(odoo, clock, server, source)
        source.client.close()


def reading(server: Server, language: str) -> OdooSource:
    return OdooSource(Settings.load(environment(server, ODOO_LANGUAGE=language)))


def with_bare_template(odoo: Odoo) -> None:
    dynamic = odoo.execute("product.attribute", "create", {"name": "Grabado", "create_variant": "dynamic"})
    value = odoo.execute("product.attribute.value", "create", {"name": "Corazón", "attribute_id": dynamic})
    line = (0, 0, {"attribute_id": dynamic, "value_ids": [(6, 0, [value])]})
    odoo.execute(TEMPLATE, "create", {"name": "Placa", "attribute_line_ids": [line]})


def marks_of(pages: list[Page]) -> Any:
    """As they come back from the database."""
    return json.loads(json.dumps([page.mark for page in pages if page.mark is not None]))


def ids_of(pages: list[Page], *, marked: bool = False) -> list[str]:
    return [item.external_id for page in pages if page.mark or not marked for item in page.items]


def much(shop: Shop) -> None:
    """Changes of every kind, some with a date and some without."""
    shop.clock.tick(3600)
    rows = shop.variants()
    for row in rows[::2]:
        shop.write(TEMPLATE, row["product_tmpl_id"], name=f"Otro {row['id']}")
    for row in rows[1::4]:
        shop.odoo.set_stock(row["id"], 777)
    shop.write(VARIANT, rows[2]["id"], active=False)
    shop.write(TEMPLATE, rows[5]["product_tmpl_id"], sale_ok=False)
    shop.odoo.execute(VARIANT, "unlink", [rows[12]["id"]])
    shop.odoo.execute(VARIANT, "create", {"name": "Nuevo"})


def little(shop: Shop) -> None:
    """What a shop does while nobody reads it: at both ends of the catalogue, and in its middle."""
    shop.clock.tick(60)
    rows = shop.variants()
    for place in (0, len(rows) // 2, -1):
        shop.odoo.execute(VARIANT, "unlink", [rows[place]["id"]])
    for place in (1, -2):
        shop.write(VARIANT, rows[place]["id"], active=False)
    shop.odoo.execute(VARIANT, "create", {"name": "Recién llegado"})
    (colour,) = shop.odoo.execute("product.attribute", "search", [("name", "=", "Color")])
    values = shop.odoo.execute("product.attribute.value", "search", [("attribute_id", "=", colour)])
    for place in (2, -3):
        line = {"product_tmpl_id": rows[place]["product_tmpl_id"], "attribute_id": colour}
        shop.odoo.execute("product.template.attribute.line", "create", line | {"value_ids": [(6, 0, values)]})


def test_a_full_walk_goes_on_after_any_page_and_reads_nothing_twice(shop: Shop) -> None:
    all_at_once = Shelf()
    _, pages = shop.whole(all_at_once, None, {})
    assert len(pages) > 6
    for taken in range(len(pages)):
        shelf = Shelf()
        first, came = shop.whole(shelf, None, {}, pages=taken)
        shop.odoo.requests.clear()
        second, rest = shop.whole(shelf, None, {}, marks_of(came))
        assert shelf.items == all_at_once.items
        assert not {*ids_of(came, marked=True)} & {*ids_of(rest)}
        calls = [label for label, _ in shop.odoo.requests if f"{VARIANT}/search_read" in label]
        # Two count; the interrupted walk may still have had one under way.
        assert len(calls) <= 3 + sum(page.mark is not None for page in rest)
        assert second.full
        assert not taken or first.memory == second.memory


def test_an_incremental_walk_goes_on_after_any_page_and_reads_nothing_twice(shop: Shop) -> None:
    before = Shelf()
    first, _ = shop.whole(before, None, {})
    much(shop)
    all_at_once = Shelf(dict(before.items))
    _, pages = shop.whole(all_at_once, BEGAN, first.memory)
    assert all_at_once.shown() == shop.visible()
    assert sum(page.mark is not None for page in pages) > 6
    for taken in range(len(pages)):
        shelf = Shelf(dict(before.items))
        _, came = shop.whole(shelf, BEGAN, first.memory, pages=taken)
        second, rest = shop.whole(shelf, BEGAN, first.memory, marks_of(came))
        assert shelf.items == all_at_once.items
        assert not {*ids_of(came, marked=True)} & {*ids_of(rest)}
        assert not second.full


@pytest.mark.parametrize("changed", [little, much])
@pytest.mark.parametrize("taken", range(0, 9, 2))
def test_what_changes_before_a_walk_goes_on_is_right_after_the_next_run(
    shop: Shop, taken: int, changed: Callable[[Shop], None]
) -> None:
    shelf = Shelf()
    _, came = shop.whole(shelf, None, {}, pages=taken)
    untouched = Shelf()
    shop.whole(untouched, None, {})
    changed(shop)
    second, _ = shop.whole(shelf, None, {}, marks_of(came))
    # What is still sold was never given up, and what is deleted is no longer there.
    assert untouched.shown() & shop.visible() <= shelf.shown()
    existing = {str(row["id"]) for row in shop.variants()}
    assert {each for each in shelf.items if each.isdigit()} <= existing
    shop.whole(shelf, BEGAN, second.memory)
    assert shelf.shown() == shop.visible()


def test_marks_of_another_language_are_ignored_and_everything_is_read(shop: Shop) -> None:
    shelf = Shelf()
    settled, pages = shop.whole(shelf, None, {})
    english = reading(shop.server, "en_US")
    others = list(english.walk(None, {}, marks_of(pages)).pages())
    assert ids_of(others) == ids_of(pages)
    # Rows that an interrupted walk read in another language stand in the database: no date tells which.
    back = shop.source.walk(START + timedelta(days=2), settled.memory, marks_of(others[:3]))
    assert ids_of(list(back.pages())) == ids_of(pages)
    assert back.full
    english.client.close()


def test_what_a_mark_names_has_not_gone_when_a_list_is_empty(shop: Shop) -> None:
    shelf = Shelf()
    _, pages = shop.whole(shelf, None, {})
    before = shelf.shown()
    shop.odoo.faults.add("empty_list", match=f"{VARIANT}/search_read")
    _, rest = shop.whole(shelf, None, {}, marks_of(pages))
    assert shelf.shown() == before
    assert not [each for page in rest for each in page.gone]


@pytest.mark.parametrize("after", [1, 25, 60])
def test_a_run_that_was_cut_off_ends_as_one_that_was_not(
    db: Database, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(walk, "_PER_PAGE", 10)

    def cut(figures: Figures) -> None:
        if figures.read >= after:
            raise KeyboardInterrupt

    with stage(db, Odoo.demo("19.0"), COMMIT_BATCH_SIZE="10") as made:
        with pytest.raises(KeyboardInterrupt):
            made.sync(progress=cut)
        made.odoo.set_stock(made.variant("HER-001"), 3)
        report = made.sync()
        assert report.errors == ()
        assert made.active_ids() == made.visible_ids()
        assert made.row(made.variant("HER-001"))["stock_quantity"] == 3


def test_a_mark_is_small(shop: Shop) -> None:
    _, pages = shop.whole(Shelf(), None, {})
    for page in pages:
        if page.mark is not None:
            assert len(json.dumps(page.mark)) < 100 + 25 * len(page.items)
