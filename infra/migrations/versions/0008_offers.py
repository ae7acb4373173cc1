"""What search filters by: each product's prices and stock, its variations', and the values of its options."""

from infra.migrations.statements import protect, run_file

revision = "0008_offers"
down_revision = "0007_words"


def upgrade() -> None:
    run_file("0008_offers.sql")
    protect("search_offers", "search_variants", "search_values", "search_facets")
