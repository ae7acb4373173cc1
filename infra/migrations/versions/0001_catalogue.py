"""Products, their vectors, and the record of syncs."""

from infra.migrations.statements import protect, run_file

revision = "0001_catalogue"
down_revision = None


def upgrade() -> None:
    run_file("0001_catalogue.sql")
    protect("products", "product_embeddings", "embedding_failures", "sync_state", "sync_runs")
