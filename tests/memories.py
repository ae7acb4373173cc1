"""Memories for tests: any that can be kept, and one to begin with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tendero.people.memory import HIGHEST_SCORE, LONGEST_USER_ID, MOST_INTERACTIONS, UserMemory

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)

# What PostgreSQL's jsonb gives back as it was: it turns 1e23 into a whole number that is not quite the same.
_NUMBERS = st.integers(-(2**70), 2**70) | st.floats(-1e15, 1e15)
_JSON = st.recursive(
    st.none() | st.booleans() | _NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
_WORDS = st.lists(st.text(), max_size=4).map(tuple)
_TIMES = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.timezones())
_IDS = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=LONGEST_USER_ID
).filter(lambda text: text == text.strip())


def some(user_id: str = "34600111222", *, minutes: int = 0, **fields: Any) -> UserMemory:
    """A memory that was changed so long after NOON."""
    return UserMemory(
        user_id=user_id, created_at=NOON, updated_at=NOON + timedelta(minutes=minutes), **fields
    )


def memories() -> st.SearchStrategy[UserMemory]:
    """Every memory that can be kept."""
    return st.builds(
        UserMemory,
        user_id=_IDS,
        name=st.text(),
        role=st.text(),
        interests=_WORDS,
        pain_points=_WORDS,
        lead_score=st.integers(0, HIGHEST_SCORE),
        interaction_count=st.integers(0, MOST_INTERACTIONS),
        first_interaction_at=st.none() | _TIMES,
        last_interaction_at=st.none() | _TIMES,
        message_history=st.lists(st.dictionaries(st.text(), _JSON, max_size=3), max_size=4).map(tuple),
        additional_data=st.dictionaries(st.text(), _JSON, max_size=4),
        created_at=_TIMES,
        updated_at=_TIMES,
    )
