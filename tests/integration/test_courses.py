"""Courses out of the shop's own tables: read, told in full, and gone."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from infra.local.postgres import Postgres
from infra.migrations import courses as course_tables
from tendero.catalog import products
from tendero.catalog.courses.course import Activity, Session
from tendero.catalog.courses.details import course_details
from tendero.catalog.courses.source import Courses
from tendero.catalog.product import Product
from tendero.catalog.search.search import ProductSearch
from tendero.catalog.sources import source
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DatabaseError, SettingsError, SourceError
from tendero.platform.settings import Settings
from tests.conftest import _administer
from tests.integration.course_tables import Stage, in_another

PHOTOS = "Fotografía con el móvil"
EXCEL = "Excel para pequeñas empresas"
INTRODUCTION = "Introducción a la inteligencia artificial"


@pytest.fixture
def stage(db: Database, database_url: str) -> Stage:
    return Stage(db, database_url)


@pytest.fixture
def another(postgres: Postgres) -> Iterator[str]:
    """The URL of a second database, without Tendero's schema."""
    _administer(postgres, "create database school")
    yield postgres.url("school")
    _administer(postgres, "drop database school with (force)")


def product(stage: Stage, name: str) -> Product:
    (found,) = products.by_ids(stage.db, [stage.row(name)["id"]])
    return found


# Reading


def test_a_course_comes_with_its_words_price_and_attributes(stage: Stage) -> None:
    report = stage.create().sync()
    assert (report.mode, report.inserted, report.embeddings, report.errors) == ("full", 3, 3, ())
    row = stage.row(PHOTOS)
    assert (row["source"], row["kind"], row["stock_status"], row["currency"]) == (
        "courses",
        "course",
        "instock",
        "MXN",
    )
    assert (row["price"], row["category_name"]) == (1250, "Creatividad")
    assert row["attributes"] == {
        "Level": ["Básico"],
        "Modality": ["Online"],
        "Language": ["Español"],
        "Sessions": ["2"],
        "Duration": ["180 min"],
    }
    assert row["description"].splitlines() == [
        "Luz, encuadre y revelado en el teléfono.",
        "1. Luz y encuadre. Componer una escena. La regla de los tercios; Retrato junto a una ventana",
        "2. Revelado. Corregir color y contraste",
        "+ Cuaderno de ejercicios en PDF",
        "+ Comunidad privada de alumnos",
    ]
    assert stage.row(INTRODUCTION)["price"] == 0
    (text,) = [each for each in stage.embedder.texts if each.startswith(EXCEL)]
    for part in ("Intermedio", "Presencial", "Macros sin programar", "Cuestionario", "Plantillas"):
        assert part in text


def test_a_course_is_found_by_the_words_of_its_sessions_and_bonuses(stage: Stage) -> None:
    stage.create().sync()
    search = ProductSearch(stage.db, stage.embedder, stage.settings())
    for words in ("macros", "tablas dinámicas", "plantillas de facturas"):
        hits = search.search(words, limit=1).hits
        assert [hit.product.name for hit in hits] == [EXCEL], words


def test_an_unchanged_catalogue_writes_and_embeds_nothing(stage: Stage) -> None:
    stage.create().sync()
    asked = len(stage.embedder.texts)
    again = stage.sync()
    assert (again.unchanged, again.inserted, again.updated, again.embeddings) == (3, 0, 0, 0)
    assert len(stage.embedder.texts) == asked


def test_a_price_alone_never_embeds_but_a_new_session_does(stage: Stage) -> None:
    stage.create().sync()
    stage.run(
        "update ai_courses set \"Price\" = '99,50'", "insert into bond (content, type_bond) values ('', '')"
    )
    report = stage.sync()
    assert (report.updated, report.embeddings, stage.row(EXCEL)["price"]) == (3, 0, Decimal("99.5"))
    stage.run(
        "insert into ai_course_session (session_index, title, id_course_fk)"
        f" select 3, 'Gráficos', id_course from ai_courses where \"Name\" = '{EXCEL}'"
    )
    report = stage.sync()
    assert (report.updated, report.embeddings) == (1, 1)


def test_small_letters_and_few_columns_are_enough(stage: Stage) -> None:
    stage.plain(2)
    stage.run(
        "insert into ai_course_session values (1, 1, 'Segunda', 2), (2, 1, 'Primera', 1)",
        "insert into ai_tema_activity values (1, 2, 'Ejercicio'), (2, 99, 'De nadie')",
        "insert into bond values (1, 1, 'Libro')",
    )
    report = stage.sync()
    assert (report.inserted, report.errors) == (2, ())
    row = stage.row("Curso 1")
    assert (row["external_id"], row["price"], row["currency"]) == ("1", 10, "EUR")
    assert row["attributes"] == {"Sessions": ["2"]}
    assert row["description"] == "largo\n1. Primera. Ejercicio\n2. Segunda\n+ Libro"


def test_tables_in_capital_letters_are_found(stage: Stage) -> None:
    stage.create()
    stage.run('alter table ai_courses rename to "AI_Courses"')
    stage.run('alter table "AI_Courses" rename id_course to "ID_Course"')
    assert stage.sync().inserted == 3
    assert course_tables.create(stage.settings()) == []


def test_a_missing_companion_is_told_and_the_courses_come_without_it(stage: Stage) -> None:
    stage.create().run("drop table bond", "alter table ai_course_session rename id_course_fk to whose")
    report = stage.sync()
    assert report.inserted == 3
    assert ["bond" in report.errors[1], "id_course_fk" in report.errors[0]] == [True, True]
    assert "Plantillas" not in stage.row(EXCEL)["description"]


def test_without_a_table_of_courses_the_run_says_what_to_do(stage: Stage) -> None:
    with pytest.raises(SourceError, match=r"no table ai_courses.*COURSES_DATABASE_URL.*--with-courses"):
        stage.sync()
    stage.run("create table ai_courses (price text)")
    with pytest.raises(SourceError, match="no column id_course, name"):
        stage.sync()


def test_what_cannot_be_read_in_a_row_is_told_and_the_rest_of_it_comes(stage: Stage) -> None:
    stage.create().run(
        'insert into ai_courses ("Name", "Price", "Currency", modality)'
        " values (null, 'a consultar', '$', '')"
    )
    report = stage.sync(settings=stage.settings(STORE_CURRENCY="MXN"))
    assert report.inserted == 4
    assert len(report.errors) == 3
    (row,) = stage.rows("name like '#%'")
    assert (row["price"], row["currency"]) == (None, "MXN")


# Gone and hidden


def test_a_deleted_course_is_deactivated_and_one_that_returns_comes_back(stage: Stage) -> None:
    stage.create().sync()
    stage.run(
        "create table kept as select * from ai_courses", f"delete from ai_courses where \"Name\" = '{EXCEL}'"
    )
    assert stage.sync().deactivated == 1
    assert stage.active() == {PHOTOS, INTRODUCTION}
    stage.run(f"insert into ai_courses select * from kept where \"Name\" = '{EXCEL}'")
    assert stage.sync().updated == 1
    assert stage.active() == {PHOTOS, INTRODUCTION, EXCEL}


@pytest.mark.parametrize("status", ["inactive", "Borrador", " ARCHIVADO "])
def test_a_course_whose_status_hides_it_is_not_shown(stage: Stage, status: str) -> None:
    stage.create().sync()
    held = product(stage, EXCEL)
    stage.run(f"update ai_courses set status = '{status}' where \"Name\" = '{EXCEL}'")
    assert stage.sync().deactivated == 1
    assert stage.active() == {PHOTOS, INTRODUCTION}
    assert course_details(stage.db, held) is None


def test_an_emptied_table_deactivates_nothing(stage: Stage) -> None:
    stage.create().sync()
    stage.run("delete from ai_courses")
    with pytest.raises(SourceError, match="lists no product at all, but 3 are"):
        stage.sync()
    assert len(stage.active()) == 3


def test_a_great_loss_needs_a_word(stage: Stage) -> None:
    stage.plain(40).sync()
    stage.run("delete from ai_courses where id_course > 25")
    with pytest.raises(SourceError, match="15 of 40"):
        stage.sync()
    assert len(stage.active()) == 40
    assert stage.sync(allow_mass_deactivation=True).deactivated == 15


# Full information and the moment's price


def test_the_full_information_has_sessions_activities_and_bonuses_in_order(stage: Stage) -> None:
    stage.create().sync()
    course = course_details(stage.db, product(stage, PHOTOS))
    assert course is not None
    assert (course.name, course.price, course.minutes, course.url) == (
        PHOTOS,
        Decimal(1250),
        180,
        "https://cursos.example/fotografia",
    )
    assert course.sessions == (
        Session(
            title="Luz y encuadre",
            objective="Componer una escena",
            minutes=90,
            activities=(
                Activity(title="La regla de los tercios", kind="demo"),
                Activity(title="Retrato junto a una ventana", kind="task"),
            ),
        ),
        Session(title="Revelado", objective="Corregir color y contraste", minutes=90),
    )
    assert [(each.kind, each.content) for each in course.bonuses] == [
        ("workbook", "Cuaderno de ejercicios en PDF"),
        ("community", "Comunidad privada de alumnos"),
    ]


def test_a_bonus_that_is_switched_off_is_not_told(stage: Stage) -> None:
    stage.create().run("update bond set active = false where type_bond = 'community'")
    stage.sync()
    course = course_details(stage.db, product(stage, PHOTOS))
    assert course is not None
    assert [each.kind for each in course.bonuses] == ["workbook"]


def test_a_course_that_has_gone_has_no_details_and_no_price(stage: Stage) -> None:
    stage.create().sync()
    held = product(stage, EXCEL)
    stage.run("delete from ai_courses")
    assert course_details(stage.db, held) is None
    assert source("courses", stage.settings()).refresh(held, Deadline(5)) is None


def test_the_price_of_this_moment_comes_from_the_table(stage: Stage) -> None:
    stage.create().sync()
    stage.run("update ai_courses set \"Price\" = '$ 4,500.00', \"Currency\" = 'mxn'")
    fresh = source("courses", stage.settings()).refresh(product(stage, EXCEL), Deadline(5))
    assert fresh is not None
    assert (fresh.price, fresh.currency) == (Decimal(4500), "MXN")
    with pytest.raises(SourceError, match="cannot be read"):
        source("courses", stage.settings()).refresh(fresh, Deadline(0))


# Where the tables are


def test_the_tables_may_be_in_another_database(stage: Stage, another: str) -> None:
    in_another(another, Stage.create)
    settings = stage.settings(COURSES_DATABASE_URL=another)
    assert stage.sync(settings=settings).inserted == 3
    assert course_tables.create(settings) == []


def test_a_database_of_courses_that_cannot_be_had_is_named(stage: Stage) -> None:
    settings = stage.settings(COURSES_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(SourceError, match="COURSES_DATABASE_URL"):
        stage.sync(settings=settings)
    with pytest.raises(SettingsError, match=r"^COURSES_DATABASE_URL: "):
        Courses(Settings.load({"COURSES_DATABASE_URL": "mysql://x"}))


def test_only_missing_tables_are_created_and_rows_stay(stage: Stage) -> None:
    every = ["ai_courses", "ai_course_session", "ai_tema_activity", "bond"]
    assert course_tables.create(stage.settings(), demo=True) == every
    stage.run("drop table bond")
    assert course_tables.create(stage.settings(), demo=True) == ["bond"]
    assert course_tables.create(stage.settings()) == []
    assert stage.sync().inserted == 3


def test_tables_that_do_not_fit_are_left_alone(stage: Stage) -> None:
    stage.run("create table ai_courses (id_course bigint primary key, name text)")
    with pytest.raises(DatabaseError, match="ai_course_session, ai_tema_activity, bond were not created"):
        course_tables.create(stage.settings())
    assert stage.sync().errors
