"""What chat platforms deliver and are sent, and who has a conversation."""

from infra.migrations.statements import protect, run_file

revision = "0010_channels"
down_revision = "0009_user_memory"


def upgrade() -> None:
    run_file("0010_channels.sql")
    protect("inbox", "outbox", "agent_configs", "ayd_sessions", "paces", "late_answers")
