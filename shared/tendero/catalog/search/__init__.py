"""Product search: exact codes, else words and vectors together."""

from tendero.catalog.search.result import Hit, SearchResult
from tendero.catalog.search.search import ProductSearch

__all__ = ["Hit", "ProductSearch", "SearchResult"]
