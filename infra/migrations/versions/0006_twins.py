"""One product in two sources: which row customers see, and whose price and stock count."""

from infra.migrations.statements import protect, run_file

revision = "0006_twins"
down_revision = "0005_runs"


def upgrade() -> None:
    run_file("0006_twins.sql")
    protect("same_sku_rules")
