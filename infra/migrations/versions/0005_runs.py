"""Runs that can be taken up again, one at a time for each source, and claims on texts being embedded."""

from infra.migrations.statements import protect, run_file

revision = "0005_runs"
down_revision = "0004_models"


def upgrade() -> None:
    run_file("0005_runs.sql")
    protect("sync_pages", "embedding_claims")
