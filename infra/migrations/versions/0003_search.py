"""The word index of the search, and the view with each product's vector beside it."""

from infra.migrations.statements import protect, run_file

revision = "0003_search"
down_revision = "0002_conversations"


def upgrade() -> None:
    run_file("0003_search.sql")
    protect("search_postings", "search_documents", "search_terms", "search_statistics")
