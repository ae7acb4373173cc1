"""What is known of a customer across conversations."""

from infra.migrations.statements import protect, run_file

revision = "0009_user_memory"
down_revision = "0008_offers"


def upgrade() -> None:
    run_file("0009_user_memory.sql")
    protect("user_memory")
