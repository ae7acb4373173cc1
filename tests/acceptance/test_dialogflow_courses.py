"""A conversation about courses through the real function, from the shop's own tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.migrations import courses
from tendero.catalog.courses.source import Courses
from tendero.catalog.store import Store
from tendero.platform.database import Database
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.acceptance.served import Served, served
from tests.acceptance.test_dialogflow_catalogue import ask


@pytest.fixture
def function(db: Database, database_url: str, tmp_path: Path) -> Iterator[Served]:
    """The webhook over the three demo courses, whose tables stand in the same database."""
    settings = Settings.load({"DATABASE_URL": database_url})
    courses.create(settings, demo=True)
    for page in Courses(settings).walk(None, {}).pages():
        Store(db, "courses").write(page.items)
    variables = {"SOURCES": "courses", "DIALOGFLOW_DEADLINE_SECONDS": "9"}
    with served("webhook", tmp_path, DATABASE_URL=database_url, EMBEDDER="local", **variables) as running:
        yield running


def test_a_course_is_found_told_in_full_and_never_in_stock(function: Served, db: Database) -> None:
    several = ask(function, "¿Qué cursos tienen?")["fulfillmentText"]
    assert (
        "Excel para pequeñas empresas: 89,90 € · Nivel: Intermedio · Modalidad: Presencial · 2 sesiones"
        in several
    )
    assert "Introducción a la inteligencia artificial: gratis" in several

    full = ask(function, "más información del curso de fotografía")
    assert full["fulfillmentText"].split("\n") == [
        "Fotografía con el móvil cuesta $ 1,250.00.",
        "Mejores fotos sin cámara.",
        "Nivel: Básico · Modalidad: Online · 2 sesiones · 3 h",
        "Temario:",
        "1. Luz y encuadre (90 min)",
        "2. Revelado (90 min)",
        "Incluye:",
        "• Cuaderno de ejercicios en PDF",
        "• Comunidad privada de alumnos",
        "Enlace: https://cursos.example/fotografia",
    ]
    assert full["payload"]["tendero"]["quickReplies"] == ["Temario", "Bonos"]

    # What has changed since the sync is said as it is now.
    db.execute(Query("raise", "update ai_courses set \"Price\" = '1.400' where \"Price\" = '1.250'", ()))
    said = [
        ask(function, each)["fulfillmentText"]
        for each in (
            "¿y el temario?",
            "¿cuántas sesiones tiene?",
            "¿y los bonos?",
            "¿cuánto cuesta?",
            "¿quedan plazas?",
        )
    ]
    assert "La regla de los tercios; Retrato junto a una ventana" in said[0]
    assert "Fotografía con el móvil: 2 sesiones · 3 h" in said[1]
    assert "Comunidad privada de alumnos" in said[2]
    assert "$ 1,400.00" in said[3]
    assert "las plazas libres las confirma la tienda" in said[4]
    assert not any(word in text for text in (several, *said) for word in ("stock", "agotado", "unidades"))
