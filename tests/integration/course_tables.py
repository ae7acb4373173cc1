"""Tables of courses, and the sync that reads them, for tests."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from infra.migrations import courses
from tendero.catalog.courses.source import Courses
from tendero.catalog.embedding import Embeddings
from tendero.catalog.report import SyncReport
from tendero.catalog.sync import run_sync
from tendero.platform.database import Database, Row
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.integration.shop_sync import CountingEmbedder

# As an older installation may have them: numbers for ids, small letters, few columns.
PLAIN = """
create table ai_courses (id_course bigint primary key, name text, short_description text,
                         long_description text, price numeric, currency text);
create table ai_course_session (id_session bigint, id_course bigint, title text, "order" integer);
create table ai_tema_activity (id bigint, id_session bigint, title text);
create table bond (id_bond bigint, id_course bigint, description text)
"""
OTHER = "insert into ai_courses values (:id, :name, 'corto', 'largo', :price, 'eur')"


@dataclass
class Stage:
    """A database with both the courses' tables and the catalogue."""

    db: Database
    url: str
    embedder: CountingEmbedder = field(default_factory=CountingEmbedder)

    def settings(self, **more: str) -> Settings:
        return Settings.load({"DATABASE_URL": self.url, **more})

    def create(self) -> Stage:
        """With the demo's three courses."""
        courses.create(self.settings(), demo=True)
        return self

    def sync(self, *, settings: Settings | None = None, **options: Any) -> SyncReport:
        found = settings or self.settings()
        embeddings = Embeddings(self.db, self.embedder, found)
        return run_sync(self.db, Courses(found), settings=found, embeddings=embeddings, **options)

    def run(self, *statements: str, **parameters: Any) -> None:
        for statement in statements:
            for each in statement.split(";"):
                self.db.execute(Query.parse("test", each), **parameters)

    def plain(self, number: int) -> Stage:
        """So many courses in tables of few columns."""
        self.run(PLAIN)
        for each in range(1, number + 1):
            self.run(OTHER, id=each, name=f"Curso {each}", price=10 * each)
        return self

    def rows(self, where: str = "true") -> list[Row]:
        query = Query.parse("rows", f"select * from products where {where} order by name")
        return self.db.fetch(query)

    def row(self, name: str) -> Row:
        (row,) = [each for each in self.rows() if each["name"] == name]
        return row

    def active(self) -> set[str]:
        return {row["name"] for row in self.rows("is_active")}


def in_another(url: str, work: Callable[[Stage], object]) -> None:
    """Does something in a second database."""
    from tendero.platform.connect import database

    with closing(database(Settings.load({"DATABASE_URL": url}))) as pool:
        work(Stage(pool, url))
