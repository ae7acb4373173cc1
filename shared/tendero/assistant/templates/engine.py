"""Answers a reading of a message from products, without a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tendero.assistant.templates import en, es, options, pt
from tendero.assistant.templates.comparing import MOST_COMPARED, compared
from tendero.assistant.templates.course_words import leans_on_course
from tendero.assistant.templates.courses import CourseText
from tendero.assistant.templates.intent import Intent, IntentKind
from tendero.assistant.templates.matching import Candidate, match
from tendero.assistant.templates.phrases import Phrases
from tendero.assistant.templates.sought import Sought, SoughtWording
from tendero.assistant.templates.wording import Wording, availability, variation_of
from tendero.catalog.courses.course import CourseDetails
from tendero.catalog.item import Kind, StockStatus
from tendero.catalog.product import Product

PHRASES: dict[str, Phrases] = {"es": es.PHRASES, "en": en.PHRASES, "pt": pt.PHRASES}
MOST_LISTED = 5
_MOST_NEAR = 3


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A product as the shop has it now; `live` is false where that is only our last record.

    `gone` means that the shop no longer sells it. `course` is what belongs to it, where it is a course whose
    tables could be read.
    """

    product: Product
    live: bool
    gone: bool = False
    course: CourseDetails | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the engine answers from.

    `found` are the search results for the customer's words, None when the search did not work; `exact` says
    that the first was found by its code. `shown` are the products that the last reply named, in its order;
    `listed` those of the last list, through which "the second one" counts. Where the message asks for more,
    or cheaper, `found` answers the earlier question, about `earlier_topics`. `sought` is how the search read
    the question. `sides` are what a comparison names. `confirm` asks the shop about one product, `similar`
    gives others like it that can be bought.
    """

    intent: Intent
    words: tuple[str, ...]
    language: str
    found: Sequence[Candidate] | None
    confirm: Callable[[Product], Confirmed]
    exact: bool = False
    shown: Sequence[Product] = ()
    listed: Sequence[Product] = ()
    earlier_topics: tuple[str, ...] = ()
    sought: Sought = field(default_factory=Sought)
    sides: Sequence[Product] = ()
    similar: Callable[[Product], Sequence[Product]] = lambda product: ()
    shop_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The engine's text, the products it names in order, and how it came about in one word."""

    text: str
    outcome: str
    products: tuple[Product, ...] = ()
    quick_replies: tuple[str, ...] = field(default=())


def answer(situation: Situation) -> Answer:
    """One answer. It never fails for want of data: then it says what it cannot do."""
    return _Turn(situation).answer()


class _Turn:
    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._intent = situation.intent
        self._phrases = PHRASES[situation.language]
        self._wording = Wording(self._phrases, situation.language)

    def answer(self) -> Answer:
        if not self._intent.needs_catalogue:
            return self._talk()
        if self._intent.kind is IntentKind.MORE:
            return self._more()
        if self._intent.kind is IntentKind.COMPARE:
            return self._comparison()
        return self._about_shown() or self._about_found()

    def _talk(self) -> Answer:
        phrases, kind = self._phrases, self._intent.kind
        if kind is IntentKind.GREETING and self._situation.shop_name:
            return _said(phrases.greeting_named.format(shop=self._situation.shop_name), kind)
        if kind is IntentKind.STORE_FACT:
            fact = phrases.store_facts[self._intent.store_fact]
            return _said(phrases.unknown_store_fact.format(fact=fact), kind)
        texts = {
            IntentKind.GREETING: phrases.greeting,
            IntentKind.THANKS: phrases.thanks,
            IntentKind.BYE: phrases.bye,
            IntentKind.HELP: phrases.help,
            IntentKind.PERSON: phrases.person,
        }
        return _said(texts.get(kind, phrases.ask_what), kind)

    def _more(self) -> Answer:
        if self._situation.found is None:
            return self._unavailable()
        more = self._found_again()
        if not more:
            return _said(self._phrases.no_more, "nothing_found")
        return self._list(self._sought(self._phrases.more, more), more, "answered")

    def _comparison(self) -> Answer:
        """What the message names, else what was shown; with one name, that and what was shown."""
        situation, intent = self._situation, self._intent
        if intent.sides:
            chosen = (
                [*situation.sides] if len(situation.sides) > 1 else [*situation.shown[:1], *situation.sides]
            )
        elif intent.places:
            chosen = [situation.listed[each] for each in intent.places if each < len(situation.listed)]
        else:
            chosen = [*situation.shown] if len(situation.shown) > 1 else [*situation.listed]
        unique = list({each.id: each for each in chosen}.values())[:MOST_COMPARED]
        if len(unique) < 2:
            return self._ask_which(self._phrases.compare_which)
        confirmed = [situation.confirm(each) for each in unique]
        gone = next((each.product for each in confirmed if each.gone), None)
        if gone is not None:
            return _said(self._phrases.gone.format(name=gone.name), "gone")
        products = [each.product for each in confirmed]
        text = compared(products, self._wording)
        if not all(each.live for each in confirmed):
            text = f"{text}\n{self._phrases.cached}"
        return Answer(text=text, outcome="answered", products=tuple(products))

    def _about_shown(self) -> Answer | None:
        """The answer to a message that leans on what was shown before; None when it does not."""
        shown, intent = list(self._situation.shown), self._intent
        if intent.demands and not (intent.topics or shown):
            return None
        if intent.position is not None:
            listed = self._situation.listed
            if listed and intent.position < len(listed):
                return self._detail(listed[intent.position])
            return self._ask_which()
        if intent.topics:
            leaning = shown and all(self._leans(word, shown) for word in intent.topics)
            return self._options_of(shown) if leaning else None
        named = any(options.asked(product, self._situation.words).any for product in shown)
        if not shown or not (named or intent.asks_fact):
            return self._ask_which()
        if named:
            return self._options_of(shown)
        if intent.cheapest and len(shown) == 1:
            return self._cheapest(shown[0])
        if len(shown) == 1:
            return self._detail(shown[0])
        return self._list(self._phrases.found_several, shown, "answered")

    def _leans(self, word: str, shown: Sequence[Product]) -> bool:
        if options.is_option_word(word, shown):
            return True
        asks = self._intent.part is not None or self._intent.asks_fact
        return any(each.kind is Kind.COURSE for each in shown) and leans_on_course(word, asks=asks)

    def _about_found(self) -> Answer:
        found, intent = self._situation.found, self._intent
        if found is None:
            return self._unavailable()
        if found and not intent.topics and self._situation.sought.filters:
            return self._fitting([each.product for each in found])
        matches = match(found, intent.topics, exact=self._situation.exact)
        if matches.identified is not None and not intent.cheapest:
            asks_part = intent.part is not None and matches.identified.kind is Kind.COURSE
            wants_one = asks_part or intent.kind is not IntentKind.SEARCH or len(matches.fitting) == 1
            gave_up = self._situation.sought.gave_up_more_than_options
            if wants_one and not gave_up and self._affordable(matches.identified):
                return self._introduced(self._detail(matches.identified))
        if matches.fitting:
            return self._fitting(matches.fitting)
        if intent.code:
            return _said(self._phrases.no_such_code.format(code=intent.code), "nothing_found")
        if matches.likely:
            likely = matches.likely[:_MOST_NEAR]
            return self._list(self._sought(self._phrases.likely, likely), likely, "answered")
        if matches.near:
            return self._list(self._phrases.near, matches.near[:_MOST_NEAR], "nothing_found")
        return _said(self._phrases.nothing, "nothing_found")

    def _fitting(self, products: Sequence[Product]) -> Answer:
        if self._situation.sought.relaxed:
            nearest = products[:_MOST_NEAR]
            return self._list(self._sought(self._phrases.likely, nearest), nearest, "nothing_found")
        within = [product for product in products if self._affordable(product)]
        if not within:
            return self._list(self._phrases.nothing_within_budget, products[:_MOST_NEAR], "nothing_found")
        heading = self._phrases.found if len(within) == 1 else self._phrases.found_several
        return self._list(self._sought(heading, within), within, "answered")

    def _sought(self, heading: str, products: Sequence[Product]) -> str:
        """The heading of a list of search results, with how the search read the question."""
        return self._sought_wording(products).heading(heading, self._situation.sought)

    def _sought_wording(self, products: Sequence[Product]) -> SoughtWording:
        currency = next((each.currency for each in products if each.currency), None)
        return SoughtWording(self._phrases, self._situation.language, currency)

    def _introduced(self, answer: Answer) -> Answer:
        """An answer about the one product that was found, after what it was sought by."""
        sought = self._situation.sought
        if sought.filters and not sought.relaxed:
            before = self._sought(self._phrases.found, answer.products)
        else:
            before = self._sought_wording(answer.products).corrections(sought)
        return replace(answer, text=f"{before}\n{answer.text}") if before else answer

    def _found_again(self) -> tuple[Product, ...]:
        """What the search behind an earlier answer gave for its words."""
        matches = match(self._situation.found or (), self._situation.earlier_topics, exact=False)
        return matches.fitting or matches.likely

    def _cheapest(self, shown: Product) -> Answer:
        """The results of the search that led to the one product shown, which may not be the cheapest."""
        others = [each for each in self._found_again() if each.id != shown.id]
        return self._list(self._phrases.found_several, [shown, *others], "answered")

    def _options_of(self, shown: Sequence[Product]) -> Answer | None:
        if len(shown) == 1:
            return self._detail(shown[0])
        having = [each for each in shown if options.asked(each, self._situation.words).chosen]
        if len(having) == 1:
            return self._detail(having[0])
        having = having or [each for each in shown if each.kind is Kind.COURSE]
        return self._list(self._phrases.found_several, having, "answered") if having else None

    def _detail(self, product: Product) -> Answer:
        """One product, checked with the shop: the option asked for, its price, its stock, or all of it."""
        confirmed = self._situation.confirm(product)
        product = confirmed.product
        if confirmed.gone:
            return _said(self._phrases.gone.format(name=product.name), "gone")
        if product.kind is Kind.COURSE:
            return self._course(confirmed)
        asked = options.asked(product, self._situation.words)
        if asked.any:
            text, named = self._option(product, asked)
        elif len(product.variations) == 1:
            named = variation_of(product, product.variations[0])
            text = self._facts(named)
        else:
            named, text = product, self._facts(product)
        parts = [text, self._wording.references(named)]
        if not confirmed.live:
            parts.append(self._phrases.cached)
        others = self._instead_of(named)
        if others:
            parts += [self._phrases.similar, *self._lines(others)]
        # What can be bought comes first, since the lines count from it.
        return Answer(text="\n".join(filter(None, parts)), outcome="answered", products=(*others, product))

    def _instead_of(self, product: Product) -> tuple[Product, ...]:
        """Others that can be bought, where this cannot."""
        if not _is_sold_out(product):
            return ()
        found = self._situation.similar(product)
        return tuple(each for each in found if each.id != product.id and not _is_sold_out(each))[:_MOST_NEAR]

    def _course(self, confirmed: Confirmed) -> Answer:
        course = CourseText(self._wording, confirmed.product, confirmed.course)
        parts = (
            course.answer(self._intent),
            self._wording.references(confirmed.product),
            course.enrolment(),
            "" if confirmed.live else self._phrases.course_cached,
        )
        return Answer(
            text="\n".join(filter(None, parts)),
            outcome="answered",
            products=(confirmed.product,),
            quick_replies=course.quick_replies,
        )

    def _facts(self, product: Product) -> str:
        wording, kind = self._wording, self._intent.kind
        price, stock = wording.price(product), wording.stock(product)
        sold_out = wording.sold_out_options(product)
        if kind is IntentKind.PRICE:
            return " ".join(filter(None, (price, stock)))
        if kind is IntentKind.STOCK:
            label = wording.phrases.price_label.format(price=wording.short_price(product))
            return " ".join(filter(None, (wording.stock_of(product), sold_out, label)))
        lines = (
            " ".join(filter(None, (price, stock, sold_out))),
            wording.description(product),
            wording.options(product) if product.variations or product.attributes else "",
        )
        return "\n".join(filter(None, lines))

    def _option(self, product: Product, asked: options.Asked) -> tuple[str, Product]:
        """What to say about the options asked for, and the product or variation that it is about."""
        phrases, wording = self._phrases, self._wording
        fitting = options.fitting(product, asked) if not asked.missing else []
        if asked.missing or (product.variations and not fitting):
            offered = wording.options(product)
            if not offered:
                return phrases.option_missing_plain.format(name=product.name, asked=asked.text), product
            missing = ", ".join(asked.missing) or asked.text
            return phrases.option_missing.format(name=product.name, asked=missing, options=offered), product
        if len(fitting) > 1:
            lines = [phrases.options_list.format(name=product.name)]
            chosen = [variation_of(product, each) for each in fitting[:MOST_LISTED]]
            return "\n".join([*lines, *self._lines(chosen)]), product
        if fitting:
            one = variation_of(product, fitting[0])
        else:
            # Without variations the option is one of the product itself.
            one = replace(product, name=f"{product.name} ({asked.text})")
        if not one.in_stock:
            price = wording.short_price(one)
            return phrases.option_out_of_stock.format(name=one.name, price=price), one
        price, stock = wording.short_price(one), wording.stock(one)
        return phrases.option_available.format(name=one.name, price=price, stock=stock), one

    def _list(self, heading: str, products: Sequence[Product], outcome: str) -> Answer:
        phrases = self._phrases
        ordered = list(products)
        if self._intent.cheapest:
            ordered.sort(key=lambda product: (product.price is None, product.price))
            heading = self._sought(phrases.cheapest_first, ordered) if outcome == "answered" else heading
        elif self._intent.kind is IntentKind.STOCK:
            ordered.sort(key=lambda product: not product.in_stock)
        listed = ordered[:MOST_LISTED]
        lines = [heading, *self._lines(listed)]
        if len(listed) > 1:
            lines.append(phrases.invite)
        suggestions = [
            phrases.quick_detail.format(number=number + 1) for number in range(min(3, len(listed)))
        ]
        if len(ordered) > MOST_LISTED:
            suggestions.append(phrases.quick_more)
        return Answer(
            text="\n".join(lines),
            outcome=outcome,
            products=tuple(listed),
            quick_replies=tuple(suggestions) if len(listed) > 1 else (),
        )

    def _lines(self, products: Sequence[Product]) -> list[str]:
        return [
            self._phrases.line.format(
                number=number,
                name=product.name,
                price=self._wording.short_price(product),
                stock=self._wording.short_stock(product),
            )
            for number, product in enumerate(products, start=1)
        ]

    def _affordable(self, product: Product) -> bool:
        budget = self._intent.budget
        return budget is None or (product.price is not None and product.price <= budget)

    def _ask_which(self, question: str = "") -> Answer:
        if self._situation.found is None and not self._situation.shown:
            return self._unavailable()
        phrase = self._phrases.ask_which if self._intent.asks_fact else self._phrases.ask_what
        return _said(question or phrase, "asked_back")

    def _unavailable(self) -> Answer:
        return _said(self._phrases.unavailable, "unavailable")


def _said(text: str, outcome: str) -> Answer:
    return Answer(text=text, outcome=str(outcome))


def _is_sold_out(product: Product) -> bool:
    return availability(product)[0] is StockStatus.OUT_OF_STOCK
