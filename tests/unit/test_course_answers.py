"""Courses in a conversation: found, told in full, without a word about stock, and proved."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tendero.assistant import links, templates
from tendero.assistant.evidence import Evidence
from tendero.assistant.language import detect
from tendero.assistant.proof import FailureKind, check
from tendero.assistant.shop import Shop
from tendero.assistant.templates import Answer, Candidate, Situation, read
from tendero.assistant.tools import COURSE, DETAILS, SEARCH, Toolbox
from tendero.assistant.words import words
from tendero.catalog.courses.course import Activity, Bonus, CourseDetails, Session
from tendero.catalog.courses.mapping import item
from tendero.catalog.item import Kind
from tendero.catalog.product import Product
from tendero.platform.deadline import Deadline
from tendero.platform.errors import SourceError
from tendero.platform.settings import Settings
from tests.unit.catalogue import MemorySearch, MemoryShop, product

PHOTOS = CourseDetails(
    id="1",
    name="Fotografía con el móvil",
    short_description="Mejores fotos sin cámara.",
    level="Básico",
    modality="Online",
    price=Decimal("120"),
    currency="EUR",
    session_count=2,
    minutes=180,
    first_day=date(2027, 3, 31),
    url="https://cursos.example/fotografia",
    purchase_url="https://pagos.example/fotografia",
    sessions=(
        Session(
            title="Luz y encuadre",
            objective="Componer una escena.",
            minutes=90,
            activities=(Activity(title="La regla de los tercios"), Activity(title="Retrato en casa")),
        ),
        Session(title="Revelado", minutes=90),
    ),
    bonuses=(Bonus(content="Cuaderno en PDF https://socios.example/cuaderno", kind="workbook"),),
)
EXCEL = CourseDetails(
    id="2",
    name="Excel para empresas",
    level="Intermedio",
    modality="Presencial",
    price=Decimal(0),
    currency="EUR",
)
BOTH = (PHOTOS, EXCEL)


def record(details: CourseDetails, number: int) -> Product:
    """The row of a course as the sync writes it."""
    synced = item(details, None)
    return product(
        number,
        details.name,
        str(details.price),
        kind=Kind.COURSE,
        source="courses",
        external_id=details.id,
        short_description=synced.short_description,
        description=synced.description,
        attributes=synced.attributes,
        tags=synced.tags,
        category_name=None,
        url=synced.url,
    )


ROWS = tuple(record(details, number) for number, details in enumerate(BOTH, start=201))


class CourseSearch(MemorySearch):
    """Gives everything: what fits is for the templates to judge."""

    def search(self, text: str, **options: Any) -> Any:
        found = super().search(" ".join(each.name for each in self.products))
        return replace(found, hits=tuple(replace(hit, score=0.1) for hit in found.hits))


@dataclass
class School:
    """A conversation with the templates over two courses; with `down` their tables do not answer."""

    courses: Sequence[CourseDetails] = BOTH
    rows: Sequence[Product] = ROWS
    down: bool = False
    language: str | None = None
    shown: Sequence[Product] = ()
    reads: list[int] = field(default_factory=list)

    def __call__(self, product: Product, deadline: Deadline) -> CourseDetails | None:
        self.reads.append(product.id)
        if self.down:
            raise SourceError("The courses cannot be read.")
        return next((each for each in self.courses if each.id == product.external_id), None)

    def shop(self, evidence: Evidence | None = None) -> Shop:
        return Shop(MemorySearch(self.rows), MemoryShop(self.rows), evidence or Evidence(self.rows), self)

    def say(self, message: str) -> Answer:
        shop, intent = self.shop(), read(message)
        self.language = detect(message, conversation=self.language)
        hits = CourseSearch(self.rows).search(message).hits if intent.names_product else ()
        answer = templates.answer(
            Situation(
                intent=intent,
                words=tuple(words(message)),
                language=self.language,
                found=[Candidate(each.product, each.score) for each in hits],
                shown=self.shown,
                listed=self.shown,
                confirm=lambda asked: shop.confirm(asked, Deadline(5)),
            )
        )
        verdict = check(answer.text, shop.evidence.products, message=message, urls=shop.evidence.links)
        assert verdict.passed, (answer.text, verdict.failures)
        assert not any(word in answer.text.lower() for word in ("stock", "estoque", "agotado", "esgotado"))
        self.shown = answer.products or self.shown
        return answer


def test_full_information_is_price_facts_sessions_bonuses_and_where_to_enrol() -> None:
    assert School().say("más información del curso de fotografía").text.split("\n") == [
        "Fotografía con el móvil cuesta 120,00 €.",
        "Mejores fotos sin cámara.",
        "Nivel: Básico · Modalidad: Online · 2 sesiones · 3 h",
        "Empieza: 31/03/2027",
        "Temario:",
        "1. Luz y encuadre (90 min)",
        "2. Revelado (90 min)",
        "Incluye:",
        "• Cuaderno en PDF",
        "Enlace: https://cursos.example/fotografia",
        "Inscripción: https://pagos.example/fotografia",
    ]


@pytest.mark.parametrize(
    ("language", "message", "said"),
    [
        ("es", "¿qué incluye?", "Incluye:\n• Cuaderno en PDF"),
        (
            "es",
            "¿y el temario?",
            "1. Luz y encuadre (90 min): Componer una escena. La regla de los tercios; Retrato",
        ),
        ("es", "¿cuántas sesiones tiene?", "Fotografía con el móvil: 2 sesiones · 3 h"),
        ("es", "¿y los bonos?", "incluye estos bonos:\n• Cuaderno en PDF"),
        ("es", "¿cuánto cuesta el curso?", "Fotografía con el móvil cuesta 120,00 €."),
        ("es", "¿es online?", "Modalidad: Online"),
        ("es", "¿quedan plazas?", "las plazas libres las confirma la tienda"),
        ("en", "what does it include?", "Includes:\n• Cuaderno en PDF"),
        ("en", "how many sessions does it have?", "2 sessions · 3 h"),
        ("en", "what bonuses does it come with?", "includes these bonuses:"),
        ("en", "what is the syllabus?", "Syllabus of Fotografía con el móvil:"),
        ("pt", "o que inclui?", "Inclui:\n• Cuaderno en PDF"),
        ("pt", "quantas aulas tem?", "2 sessões · 3 h"),
        ("pt", "e os bônus?", "inclui estes bônus:"),
        ("pt", "qual é o programa?", "Programa de Fotografía con el móvil:"),
    ],
)
def test_a_follow_up_is_about_the_course_shown(language: str, message: str, said: str) -> None:
    school = School(shown=ROWS[:1], language=language)
    assert said in school.say(message).text


def test_other_courses_are_asked_for_and_not_the_one_shown() -> None:
    school = School()
    school.say("curso de fotografía")
    assert len(school.say("¿qué cursos tienen?").products) == 2


def test_a_list_says_level_and_modality_where_products_have_stock() -> None:
    lines = School().say("¿qué cursos tienen?").text.split("\n")
    assert (
        "1. Fotografía con el móvil: 120,00 € · Nivel: Básico · Modalidad: Online · 2 sesiones · 3 h" in lines
    )
    assert "2. Excel para empresas: gratis · Nivel: Intermedio · Modalidad: Presencial" in lines


def test_a_free_course_is_found_as_such() -> None:
    assert [each.name for each in School().say("¿hay cursos gratis?").products] == ["Excel para empresas"]
    assert "Excel para empresas is free." in School().say("how much is the Excel course?").text


def test_what_the_tables_do_not_say_is_not_made_up() -> None:
    school = School()
    school.say("curso de excel")
    assert (
        school.say("¿cuánto dura?").text
        == "No me consta cuánto dura Excel para empresas: consúltalo con la tienda."
    )
    assert "No tengo el temario" in school.say("¿temario?").text
    assert "No me constan bonos" in school.say("¿tiene bonos?").text


def test_another_course_than_those_there_are_gets_the_ones_there_are() -> None:
    answer = School().say("¿tienen un curso de cocina?")
    assert answer.outcome == "nothing_found"
    assert len(answer.products) == 2


def test_with_the_tables_down_the_record_answers_and_says_so() -> None:
    text = School(down=True).say("más información del curso de fotografía").text
    assert "120,00 €" in text
    assert text.endswith("(Según nuestro último registro; ahora no pude confirmarlo.)")


def test_a_course_that_is_gone_is_not_offered() -> None:
    answer = School(courses=(EXCEL,)).say("más información del curso de fotografía")
    assert (answer.outcome, answer.products) == ("gone", ())


def test_a_changed_price_is_the_one_said() -> None:
    school = School(courses=(replace(PHOTOS, price=Decimal("99.50")),))
    assert "99,50 €" in school.say("¿cuánto cuesta el curso de fotografía?").text


def test_words_of_courses_do_not_change_how_products_are_found() -> None:
    voucher = product(1, "Bono regalo", "25", category_name="Regalos")
    programme = product(2, "Curso de programación", "80", kind=Kind.COURSE)
    for message, wanted in (("¿tenéis bonos regalo?", voucher), ("curso de programación", programme)):
        found = [Candidate(voucher, 0.9), Candidate(programme, 0.9), Candidate(ROWS[0], 0.9)]
        assert templates.answer(
            Situation(
                intent=read(message),
                words=tuple(words(message)),
                language="es",
                found=found,
                confirm=lambda asked: templates.Confirmed(asked, live=True),
            )
        ).products == (wanted,)


# The proof


def kinds(text: str) -> set[FailureKind]:
    shop = School().shop(Evidence())
    for each in ROWS:
        shop.confirm(each, Deadline(5))
    return {each.kind for each in check(text, shop.evidence.products, urls=shop.evidence.links).failures}


@pytest.mark.parametrize(
    "text",
    [
        "Fotografía con el móvil cuesta 120 €, tiene dos sesiones y dura 3 horas.",
        "Fotografía con el móvil has 2 classes of 90 minutes each.",
        "Excel para empresas es gratis.",
        "Fotografía con el móvil: la primera es una sesión de 1,5 horas, Luz y encuadre.",
        "Te inscribes aquí: https://pagos.example/fotografia",
        "- Nivel: Básico\n- Precio: 120 €\n- Sesiones: 2",
    ],
)
def test_what_the_course_says_passes(text: str) -> None:
    assert not kinds(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Fotografía con el móvil tiene 8 sesiones.", "course"),
        ("Fotografía con el móvil tem cinco aulas.", "course"),
        ("Fotografía con el móvil dura 12 horas.", "course"),
        ("Fotografía con el móvil has sessions of 45 minutes.", "course"),
        ("Fotografía con el móvil es gratis.", "course"),
        ("Fotografía con el móvil cuesta 99 €.", "price"),
        ("Fotografía con el móvil está en stock.", "stock"),
        ("Fotografía con el móvil está agotado.", "stock"),
        ("Fotografía con el móvil: quedan 5 unidades.", "stock"),
        ("Inscríbete en https://otra.example/fotografia", "link"),
        ("El cuaderno está en https://socios.example/cuaderno", "link"),
    ],
)
def test_what_no_course_says_is_caught(text: str, kind: str) -> None:
    assert FailureKind(kind) in kinds(text)


def test_lengths_of_products_are_still_promises() -> None:
    lamp = product(1, "Lámpara Sol", "20")
    assert {each.kind for each in check("La Lámpara Sol dura 50 horas.", [lamp]).failures} == {
        FailureKind.PROMISE
    }


# The tool


def run(box: Toolbox, name: str, arguments: Any) -> dict[str, Any]:
    result = json.loads(box.run(name, arguments).content)
    assert isinstance(result, dict)
    return result


def names(box: Toolbox) -> list[str]:
    return [each["function"]["name"] for each in box.definitions]


def test_the_course_tool_is_offered_once_a_course_is_in_sight() -> None:
    box = Toolbox(School().shop(Evidence()), "es", Deadline(5))
    assert names(box) == [SEARCH, DETAILS]
    assert COURSE not in run(box, "no_such_tool", {})["error"]
    run(box, SEARCH, {"query": "fotografía"})
    assert names(box) == [SEARCH, DETAILS, COURSE]


def test_a_shop_without_courses_never_sees_the_course_tool() -> None:
    box = Toolbox(Shop(MemorySearch(), MemoryShop(), Evidence([product(1, "Taza", "9")])), "es", Deadline(5))
    assert names(box) == [SEARCH, DETAILS]
    assert "no tool" in run(box, COURSE, {"product_id": 1})["error"]


def test_the_course_tool_tells_all_and_what_it_tells_is_evidence() -> None:
    school = School()
    shop = school.shop()
    box = Toolbox(shop, "es", Deadline(5))
    found = run(box, COURSE, {"product_id": 201})["course"]
    assert (found["price"], found["sessions"], found["duration"]) == ("120,00 €", 2, "3 h")
    assert found["contents"][0]["activities"] == ["La regla de los tercios", "Retrato en casa"]
    assert (found["bonuses"][0][:15], found["enrolment_url"]) == ("Cuaderno en PDF", PHOTOS.purchase_url)
    assert found.keys().isdisjoint({"in_stock", "options"})
    assert shop.evidence.is_live(201)
    run(box, COURSE, {"product_id": "201"})
    assert school.reads == [201]


def test_what_is_no_course_is_refused_in_words() -> None:
    box = Toolbox(School().shop(), "es", Deadline(5))
    for arguments in ({}, {"product_id": 7}, {"product_id": "x"}, "{broken"):
        assert run(box, COURSE, arguments)["error"]


def test_with_the_tables_down_the_tool_gives_the_record() -> None:
    shop = School(down=True).shop()
    result = run(Toolbox(shop, "es", Deadline(5)), COURSE, {"product_id": 201})
    assert "last record" in result["note"]
    assert result["course"]["level"] == "Básico"
    assert shop.unconfirmed == {201}


# The shop's own hosts


def test_the_front_pages_of_all_sources_may_be_linked() -> None:
    both = {"WOOCOMMERCE_URL": "https://www.shop.example", "ODOO_PROD_URL": "https://erp.example/odoo"}
    assert links.shop_hosts(Settings.load(both)) == ("shop.example", "erp.example")
    test = {**both, "USE_TEST_ODOO": "true", "ODOO_TEST_URL": "https://test.example"}
    assert links.shop_hosts(Settings.load(test)) == ("shop.example", "test.example")
    assert links.shop_hosts(Settings.load({})) == ()
