"""Named SQL blocks and their parameters."""

from __future__ import annotations

from pathlib import Path

import pytest

import tendero
from tendero.platform.sql import Query, load


def test_a_file_is_split_into_its_named_blocks(tmp_path: Path) -> None:
    (tmp_path / "things.sql").write_text(
        "-- about the file\n-- name: first\n-- why\nselect 1;\n\n-- name: second\nselect :a, :b, :a;\n"
    )
    blocks = load(str(tmp_path / "things.py"))
    assert blocks == {
        "first": Query("first", "select 1", ()),
        "second": Query("second", "select $1, $2, $1", ("a", "b")),
    }


@pytest.mark.parametrize(
    ("sql", "text", "parameters"),
    [
        ("select :a::text", "select $1::text", ("a",)),
        ("select x::int, y[1:2]", "select x::int, y[1:2]", ()),
        ("select cast(:a as halfvec) <=> v", "select cast($1 as halfvec) <=> v", ("a",)),
        ("-- :not_this\nselect :a", "select $1", ("a",)),
        ("select 'no parameters here'", "select 'no parameters here'", ()),
        ("select any(:ids)", "select any($1)", ("ids",)),
    ],
)
def test_parameters_are_numbered_and_casts_and_comments_are_none(
    sql: str, text: str, parameters: tuple[str, ...]
) -> None:
    assert Query.parse("q", sql) == Query("q", text, parameters)


def test_every_sql_file_of_the_library_can_be_loaded() -> None:
    files = list(Path(tendero.__file__).parent.rglob("*.sql"))
    assert files
    for file in files:
        blocks = load(str(file))
        assert blocks, file
        assert all(query.text for query in blocks.values()), file


def test_a_part_is_filled_in_with_its_parameters() -> None:
    query = Query.parse("q", "select :a where {filters} and b = :b")
    assert query.filled(filters="x = :x and y = :b") == Query(
        "q", "select $1 where x = $2 and y = $3 and b = $3", ("a", "x", "b")
    )
    assert query.filled(filters="true").parameters == ("a", "b")
