"""`tendero migrate`: the newest schema and the vector index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.environment import EnvFile, connected

if TYPE_CHECKING:
    from tendero.platform.settings import Settings


def migrate(
    with_courses: Annotated[
        bool, typer.Option("--with-courses", help="Also create the tables of courses that are missing.")
    ] = False,
    env_file: EnvFile = None,
) -> None:
    """Bring the database to the newest schema and build the vector index of the chosen model."""
    from infra.migrations.prepare import prepare

    settings = connected(env_file).settings()
    done = prepare(settings)
    if done.before == done.after:
        print(f"Schema {done.after}: nothing to do. Vector index for {done.model} is there.")
    else:
        print(f"Schema: {done.before or 'empty'} → {done.after}. Vector index for {done.model} is there.")
    if with_courses:
        _create_courses(settings)


def _create_courses(given: Settings) -> None:
    from infra.migrations import courses
    from tendero.platform.secrets import Secrets

    created = courses.create(Secrets(given).resolve(given))
    print(f"Courses: created {', '.join(created)}." if created else "Courses: all four tables are there.")
