"""Conversations, their messages, and what each turn did."""

from infra.migrations.statements import protect, run_file

revision = "0002_conversations"
down_revision = "0001_catalogue"


def upgrade() -> None:
    run_file("0002_conversations.sql")
    protect("conversations", "messages", "agent_logs")
