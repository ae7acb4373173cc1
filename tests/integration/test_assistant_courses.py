"""A model that tells of courses: its tool reads the shop's tables, and what it says is proved by them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.model_server.server import ModelServer
from infra.migrations import courses
from tendero.assistant.reply import EngineName
from tendero.assistant.turn import Assistant
from tendero.catalog import products
from tendero.catalog.courses.details import CourseReader
from tendero.catalog.courses.source import Courses
from tendero.catalog.product import Product
from tendero.catalog.store import Store
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.integration.assistant_shop import Counter
from tests.integration.course_tables import in_another
from tests.integration.test_courses import another

__all__ = ["another"]
QUESTION = "¿qué incluye el curso de fotografía?"
TRUE = (
    "Fotografía con el móvil tiene 2 sesiones de 90 minutos y cuesta 1.250 MXN. Incluye un cuaderno en PDF."
)
FALSE = "Fotografía con el móvil tiene 8 sesiones."


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(api_key="sk-test") as running:
        yield running


def school(db: Database, url: str) -> tuple[Product, ...]:
    """The catalogue of the demo's courses, whose tables are made in the database of this URL."""
    settings = Settings.load({"DATABASE_URL": url})
    courses.create(settings, demo=True)
    for page in Courses(settings).walk(None, {}).pages():
        Store(db, "courses").write(page.items)
    rows = db.fetch(Query.parse("ids", "select id from products order by name"))
    return tuple(products.by_ids(db, [row["id"] for row in rows]))


@pytest.fixture
def counter(db: Database, database_url: str, server: ModelServer) -> Counter:
    settings = Settings.load({"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": server.base_url})
    made = Counter(db, settings, rows=school(db, database_url))
    made.assistant = Assistant(
        db, made.search, made.live, settings, Secrets(settings), courses=CourseReader(settings, db)
    )
    return made


def ask(counter: Counter, server: ModelServer, *steps: dict[str, Any]) -> Any:
    (photos,) = [each for each in counter.rows if each.name.startswith("Fotografía")]
    call = {"tool_calls": [{"name": "get_course_details", "arguments": {"product_id": photos.id}}]}
    server.control({"reset": True, "script": [call, *steps]})
    return counter.ask(QUESTION, seconds=20)


def test_the_model_gets_all_of_a_course_by_its_tool(counter: Counter, server: ModelServer) -> None:
    reply = ask(counter, server, {"content": TRUE})
    assert (reply.engine, reply.texts) == (EngineName.OPENAI, (TRUE,))
    first, second = (each["body"] for each in server.requests)
    assert "get_course_details" in [each["function"]["name"] for each in first["tools"]]
    told = second["messages"][-1]["content"]
    assert all(each in told for each in ("Retrato junto a una ventana", "Comunidad privada", '"sessions":2'))


def test_a_wrong_number_of_sessions_is_repaired_or_not_sent(counter: Counter, server: ModelServer) -> None:
    assert ask(counter, server, {"content": FALSE}, {"content": TRUE}).texts == (TRUE,)
    repair = server.requests[-1]["body"]["messages"][-1]["content"]
    assert "not the number of sessions of that course" in repair
    reply = ask(counter, server, {"content": FALSE}, {"content": FALSE})
    assert reply.engine is EngineName.TEMPLATES
    assert "1. Luz y encuadre (90 min)" in reply.texts[0]


def test_a_course_is_read_from_the_database_that_has_its_tables(db: Database, another: str) -> None:
    (_, photos, _) = school(db, another)
    reader = CourseReader(Settings.load({"COURSES_DATABASE_URL": another}), db)
    found = reader(photos, Deadline(10))
    assert found is not None
    assert len(found.sessions) == 2
    in_another(another, lambda stage: stage.run("update ai_courses set status = 'draft'"))
    assert reader(photos, Deadline(10)) is None
