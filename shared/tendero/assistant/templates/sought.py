"""How a search read the question, and how that is said back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tendero.assistant.money import format_price
from tendero.assistant.ports import SearchResult
from tendero.assistant.templates.options import key, keys
from tendero.assistant.templates.phrases import Phrases
from tendero.catalog.folding import fold
from tendero.catalog.search.filters import Demand, Facet, Filters, demands

_BY_FACET = {Facet.COLOUR: "colour", Facet.SIZE: "size"}
# Nobody says "under 50.00".
_NO_CENTS = re.compile(r"[.,]00(?!\d)")
_BY_NAME = {"brands": "brand", "categories": "category"}


@dataclass(frozen=True, slots=True)
class Sought:
    """`filters` are what all results meet, `relaxed` what was given up to find any; `corrected` maps words as
    they were typed to those that were searched for."""

    filters: Filters = field(default_factory=Filters)
    relaxed: tuple[Demand, ...] = ()
    corrected: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, result: SearchResult) -> Sought:
        return cls(result.filters or Filters(), result.relaxed, result.corrected)

    @property
    def limits(self) -> frozenset[Decimal]:
        """The prices between which was searched; they may be said without being any product's."""
        held = (self.filters, *(each.alone for each in self.relaxed))
        return frozenset(
            limit for each in held for limit in (each.price_min, each.price_max) if limit is not None
        )

    @property
    def gave_up_more_than_options(self) -> bool:
        return any(each.name != "options" for each in self.relaxed)

    def topics(self, topics: Sequence[str]) -> tuple[str, ...]:
        """Words that say which product: corrected, without those that only demand something of it. A category
        or a brand may be all that was asked for."""
        correct = {fold(typed): fold(word) for typed, word in self.corrected.items()}
        held = (*demands(self.filters), *self.relaxed)
        labels = [each.label for each in held if each.name not in _BY_NAME]
        demanded = {each for label in labels for each in keys(label)}
        return tuple(correct.get(word, word) for word in topics if key(word) not in demanded)


class SoughtWording:
    """Says demands in one language, prices in `currency`."""

    def __init__(self, phrases: Phrases, language: str, currency: str | None) -> None:
        self._phrases = phrases
        self._language = language
        self._currency = currency

    def heading(self, heading: str, sought: Sought) -> str:
        """What stands over a list: corrections, what was given up, and what the list meets."""
        if sought.relaxed:
            heading = self.given_up(sought.relaxed)
        met = ", ".join(self.applied(sought))
        lines = (self.corrections(sought), f"{heading.removesuffix(':')} ({met}):" if met else heading)
        return "\n".join(filter(None, lines))

    def corrections(self, sought: Sought) -> str:
        if not sought.corrected:
            return ""
        return self._phrases.corrected.format(words=", ".join(dict.fromkeys(sought.corrected.values())))

    def given_up(self, relaxed: Sequence[Demand]) -> str:
        """A sentence about what was given up; above all that there may be in it what must not be."""
        if len(relaxed) > 1 and relaxed[-1].name != "free_of":
            return self._phrases.relaxed["several"].format(value=", ".join(map(self.demand, relaxed)))
        demand = relaxed[-1]
        value = self._price(demand.alone) if demand.name == "price" else demand.label
        return self._phrases.relaxed[_kind(demand)].format(value=value)

    def facts(self, sought: Sought) -> dict[str, object]:
        """The same for a model: `filters`, `given_up`, `corrected`, as far as there are any."""
        given_up = [self.demand(each) for each in sought.relaxed]
        told = {"filters": self.applied(sought), "given_up": given_up, "corrected": dict(sought.corrected)}
        return {name: value for name, value in told.items() if value}

    def applied(self, sought: Sought) -> list[str]:
        return [self.demand(each) for each in demands(sought.filters)]

    def demand(self, demand: Demand) -> str:
        """`hasta 50 €`, `talla 42`, `de la marca Tresol`, `sin gluten`."""
        if demand.name == "price":
            return self._price(demand.alone)
        return self._phrases.demands[_kind(demand)].format(value=demand.label)

    def _price(self, filters: Filters) -> str:
        low, high = (
            "" if limit is None else _NO_CENTS.sub("", format_price(limit, self._currency, self._language))
            for limit in (filters.price_min, filters.price_max)
        )
        name = "price_range" if low and high else "price_min" if low else "price_max"
        return self._phrases.demands[name].format(low=low, high=high)


def _kind(demand: Demand) -> str:
    """What the phrases call it."""
    if demand.name == "options":
        return next((_BY_FACET[each] for each in _BY_FACET if each == demand.alone.options[0].facet), "other")
    return _BY_NAME.get(demand.name, demand.name)
