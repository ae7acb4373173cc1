"""The embedding model that searches go by, its successor, and models stopped because of money."""

from infra.migrations.statements import protect, run_file

revision = "0004_models"
down_revision = "0003_search"


def upgrade() -> None:
    run_file("0004_models.sql")
    protect("active_models", "embedding_stops")
