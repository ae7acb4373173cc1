"""Indexes that answer filters by themselves."""

from infra.migrations.statements import run_file

revision = "0011_filters"
down_revision = "0010_channels"


def upgrade() -> None:
    run_file("0011_filters.sql")
