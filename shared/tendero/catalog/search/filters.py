"""What a question demands of a product beside its words, and how the demands are given up one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from operator import and_
from typing import Any, NamedTuple

from tendero.platform.database import Transaction
from tendero.platform.sql import load

_SQL = load(__file__, prepared=True)
# Planned for the values at hand: few products may meet them, or nearly all.
_MATCHING = load(__file__)["matching"]

_ANY = "true"
# The facet of any other option begins with this, before the option's folded name.
OPTION = "option:"


class Facet(StrEnum):
    """What a value of search_values is of."""

    BRAND = "brand"
    CATEGORY = "category"
    COLOUR = "colour"
    SIZE = "size"
    FREE_OF = "free"


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that the catalogue has: any of `ids` (rows of search_values; "azul" is also "azul celeste").

    `label` says it to the customer: colours and sizes as they were asked for, names as the shop spells them.
    """

    facet: str
    label: str
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """Demands; false when there is none. Prices are in the shop's currency, both ends included.

    Choices of one facet are alternatives, except in `free_of`; facets add up. A product that comes in
    variations passes where one shown variation meets all of them. `excluded` choices let everything else
    pass, also what says nothing of them. `free_of` lets only those pass that say themselves that they are
    free of it: of the others the shop does not know, and must not claim it.
    """

    in_stock: bool = False
    on_sale: bool = False
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    brands: tuple[Choice, ...] = ()
    categories: tuple[Choice, ...] = ()
    options: tuple[Choice, ...] = ()
    excluded: tuple[Choice, ...] = ()
    free_of: tuple[Choice, ...] = ()

    def __bool__(self) -> bool:
        return self != Filters()

    def __and__(self, other: Filters) -> Filters:
        """Both together; of two prices the tighter."""
        lows = [each.price_min for each in (self, other) if each.price_min is not None]
        highs = [each.price_max for each in (self, other) if each.price_max is not None]
        chosen = ("brands", "categories", "options", "excluded", "free_of")
        joined = {
            name: tuple(dict.fromkeys((*getattr(self, name), *getattr(other, name)))) for name in chosen
        }
        return Filters(
            self.in_stock or other.in_stock,
            self.on_sale or other.on_sale,
            max(lows, default=None),
            min(highs, default=None),
            **joined,
        )


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL over the alias `offer` (search_offers), with `:parameters`; "true", and false in Python, where
    nothing is demanded.

    `values` are the brands, categories and options that a product must have, over nothing but its
    `offer.product_id`; `offers` is all else. In parts, the latter is `single` for products without
    variations, and `varied` for those with, of which some one variation must meet `variation` as well, over
    the alias `variant` (search_variants); empty where any will do.
    """

    values: str
    offers: str
    single: str
    varied: str
    variation: str
    parameters: dict[str, Any]

    @property
    def sql(self) -> str:
        """`values` and `offers` together."""
        return _all_of([each for each in (self.values, self.offers) if each != _ANY])

    @property
    def has_values(self) -> bool:
        return self.values != _ANY

    def __bool__(self) -> bool:
        return self.sql != _ANY


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand of some filters: `name` is its field of Filters ("price" for both ends) and `label` its
    choice's, empty for prices, sale and stock; `alone` are filters with nothing else."""

    name: str
    label: str
    alone: Filters


# As they are given up: first a category, whose name is searched for as words as well, then what a customer
# changes most easily; last what they must not take.
_GIVEN_UP = ("categories", "options", "price", "on_sale", "brands", "in_stock", "excluded", "free_of")


def demands(filters: Filters) -> tuple[Demand, ...]:
    """Each demand apart, to be said back or given up; the easiest to give up first."""
    found: list[Demand] = []
    for name in _GIVEN_UP:
        if name == "price":
            alone = Filters(price_min=filters.price_min, price_max=filters.price_max)
            found += [Demand(name, "", alone)] if alone else []
            continue
        held: bool | tuple[Choice, ...] = getattr(filters, name)
        if isinstance(held, tuple):
            found += [Demand(name, each.label, _only(name, (each,))) for each in held]
        elif held:
            found.append(Demand(name, "", _only(name, True)))
    return tuple(found)


def relaxations(filters: Filters) -> Iterator[tuple[Filters, tuple[Demand, ...]]]:
    """What to try when nothing meets all: without one demand, each in turn; then without more and more.

    With the filters come the demands given up. The last filters demand nothing.
    """
    held = demands(filters)
    for each in held:
        yield _joined(one for one in held if one is not each), (each,)
    for number in range(2, len(held) + 1):
        yield _joined(held[number:]), held[:number]


def condition(filters: Filters) -> Condition:
    """The filters as a condition on a row of search_offers. Exact: what it lets pass meets them all."""
    found = _conditions(filters)
    offers, variation = found.offers, ""
    varying = filters.options or any(is_of_variations(each.facet) for each in filters.excluded)
    if len(found.variant) > 1 or varying:
        conditions = _all_of(found.variant)
        offers = [*offers, _SQL["one_variant"].text.replace("{conditions}", conditions)]
        variation = conditions
    return Condition(
        values=_all_of(found.values),
        offers=_all_of(offers),
        single=_all_of(found.single),
        varied=_all_of(found.offers),
        variation=variation,
        parameters=found.parameters,
    )


def fitting(
    transaction: Transaction, filters: Filters, product_ids: Sequence[int]
) -> dict[int, frozenset[int]] | None:
    """The variations of these products that meet the filters; None where they say nothing of variations."""
    met = _conditions(filters)
    if not met.variant:
        return None
    query = _SQL["fitting"].filled(conditions=_all_of(met.variant))
    found: dict[int, set[int]] = {}
    for row in transaction.fetch(query, ids=list(product_ids), **met.parameters):
        found.setdefault(row["product_id"], set()).add(row["variation_id"])
    return {key: frozenset(ids) for key, ids in found.items()}


def matching(transaction: Transaction, filters: Filters, most: int) -> list[int]:
    """Ids of products that meet the filters, for a question that says nothing else: what can be bought first,
    then what is reduced, then the cheapest."""
    met = condition(filters)
    query = _MATCHING.filled(filters=met.sql)
    return [row["product_id"] for row in transaction.fetch(query, most=most, **met.parameters)]


def _only(name: str, value: bool | tuple[Choice, ...]) -> Filters:
    given: dict[str, Any] = {name: value}
    return Filters(**given)


def _joined(held: Iterable[Demand]) -> Filters:
    return reduce(and_, (each.alone for each in held), Filters())


def is_of_variations(facet: str) -> bool:
    """Whether the facet is an option, in which a product's variations may differ."""
    return facet in (Facet.COLOUR, Facet.SIZE) or facet.startswith(OPTION)


class _Conditions(NamedTuple):
    """What a product must have, what its offer must meet, what that of one without variations must, what one
    variation must; all with the parameters."""

    values: list[str]
    offers: list[str]
    single: list[str]
    variant: list[str]
    parameters: dict[str, Any]


def _conditions(filters: Filters) -> _Conditions:
    found = _Conditions([], [], [], [], {})

    def add(name: str, value: Any = None, *, of_variations: bool = True) -> None:
        parameter = f"{name}_{len(found.parameters)}"
        fragment = _fragment(f"offer_{name}", parameter)
        if name == "has":
            found.values.append(fragment)
        else:
            found.offers.append(fragment)
            single = f"single_{name}"
            found.single.append(_fragment(single, parameter) if single in _SQL else fragment)
        if of_variations:
            found.variant.append(_fragment(f"variant_{name}", parameter))
        if value is not None:
            found.parameters[parameter] = value

    if filters.in_stock:
        add("in_stock")
    if filters.on_sale:
        add("on_sale")
    if filters.price_min is not None:
        add("price_min", float(filters.price_min))
    if filters.price_max is not None:
        add("price_max", float(filters.price_max))
    for facet, ids in _alternatives((*filters.brands, *filters.categories, *filters.options)).items():
        add("has", ids, of_variations=is_of_variations(facet))
    for each in filters.free_of:
        add("has", list(each.ids), of_variations=False)
    for each in filters.excluded:
        varies = is_of_variations(each.facet)
        add("lacks_option" if varies else "lacks", list(each.ids), of_variations=varies)
    return found


def _all_of(conditions: Sequence[str]) -> str:
    return " and ".join(conditions) or _ANY


def _alternatives(choices: Iterable[Choice]) -> dict[str, list[int]]:
    """The ids of each facet's choices."""
    found: dict[str, list[int]] = {}
    for each in choices:
        found.setdefault(each.facet, []).extend(each.ids)
    return found


def _fragment(name: str, parameter: str) -> str:
    return _SQL[name].text.replace("{ids}", f":{parameter}").replace("{limit}", f":{parameter}")
