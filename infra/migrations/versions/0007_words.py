"""The word index with the best products of each word first, and with what shoppers misspell."""

from infra.migrations.statements import protect, run_file

revision = "0007_words"
down_revision = "0006_twins"


def upgrade() -> None:
    run_file("0007_words.sql")
    protect("search_terms", "search_postings", "search_documents", "search_spellings")
