"""What the migrations share: run a file of SQL, put a shop's policy on tables."""

from __future__ import annotations

from pathlib import Path

from alembic import op

_FOLDER = Path(__file__).parent / "sql"
_OWN_ROW = "shop_id = current_setting('tendero.shop_id', true)"


def run_file(name: str) -> None:
    """Runs all statements of `sql/<name>` in the migration's transaction."""
    # The driver's own cursor: with no parameters it sends the file as it is, several statements at once.
    cursor = op.get_bind().connection.cursor()
    cursor.execute((_FOLDER / name).read_text(encoding="utf-8"))


def protect(*tables: str) -> None:
    """Lets a session see and write only the rows of the shop named in its `tendero.shop_id`."""
    for table in tables:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy {table}_of_shop on {table} using ({_OWN_ROW})")
