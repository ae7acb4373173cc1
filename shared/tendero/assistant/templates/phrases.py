"""What the templates say: one instance of `Phrases` per language, each in the file of its language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counted:
    """A phrase that goes with a number `{n}`."""

    one: str
    many: str

    def of(self, number: int, **words: str) -> str:
        return (self.one if number == 1 else self.many).format(n=number, **words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """The sentences of one language. Words in braces are filled in by the engine."""

    # Talk without products.
    greeting: str
    greeting_named: str
    thanks: str
    bye: str
    help: str
    person: str
    unknown_store_fact: str
    store_facts: dict[str, str]
    ask_what: str
    ask_which: str
    unavailable: str

    # Lists.
    found: str
    found_several: str
    cheapest_first: str
    likely: str
    near: str
    nothing: str
    no_such_code: str
    nothing_within_budget: str
    more: str
    no_more: str
    relaxed: dict[str, str]
    corrected: str
    demands: dict[str, str]
    similar: str
    compared: str
    compare_which: str
    line: str
    invite: str
    quick_detail: str
    quick_more: str

    # Prices.
    price: str
    price_range: str
    price_sale: str
    no_price: str
    price_label: str
    short_range: str
    short_sale: str
    short_no_price: str

    # Stock.
    units: Counted
    in_stock: str
    out_of_stock: str
    on_backorder: str
    some_options_out: str
    units_of: Counted
    in_stock_of: str
    out_of_stock_of: str
    on_backorder_of: str
    short_units: Counted
    short_in_stock: str
    short_out_of_stock: str
    short_on_backorder: str

    # One product.
    option_available: str
    option_out_of_stock: str
    option_missing: str
    option_missing_plain: str
    options: str
    options_list: str
    code: str
    link: str
    cached: str
    gone: str

    # Courses.
    course: str
    free: str
    price_free: str
    level: str
    modality: str
    sessions: Counted
    starts: str
    course_offered: str
    syllabus: str
    includes: str
    further: Counted
    length_unknown: str
    syllabus_of: str
    syllabus_unknown: str
    bonuses_of: str
    bonuses_unknown: str
    enrolment: str
    quick_syllabus: str
    quick_bonuses: str
    course_cached: str
