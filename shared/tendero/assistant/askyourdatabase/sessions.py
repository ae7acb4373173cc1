"""Each customer's session with AskYourDatabase, in the table `ayd_sessions`."""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from dataclasses import dataclass

from tendero.assistant.askyourdatabase.client import Client
from tendero.assistant.askyourdatabase.seal import Seal
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DatabaseError, DeadlineExceeded
from tendero.platform.sql import load

_SQL = load(__file__)
# In the place of a token while its session is being opened; nothing that is sealed begins so.
_CLAIM = "claim:"
_CLAIM_SECONDS = 30.0
_POLL_SECONDS = 0.1
_REMOVED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Session:
    """A token that may be sent, and how it stands in the table."""

    token: str
    stored: str


class Sessions:
    """Sessions of one chatbot, for one API key."""

    def __init__(self, database: Database, client: Client, bot_id: str, api_key: str) -> None:
        self._database = database
        self._client = client
        self._bot_id = bot_id
        self._api_key = api_key
        self._seal = Seal(api_key)

    def contact(self, channel: str, customer: str) -> str:
        """What a customer is called in the table and towards AskYourDatabase."""
        return self._seal.contact(channel, customer)

    def of(self, contact: str, deadline: Deadline) -> Session:
        """The customer's session, made on first contact: one, however many messages come first.

        Raises DatabaseError, HttpError, DeadlineExceeded.
        """
        key = {"contact": contact, "bot_id": self._bot_id}
        while True:
            rows = self._database.fetch(_SQL["live"], deadline=deadline, **key)
            stored = str(rows[0]["token"]) if rows else ""
            if stored.startswith(_CLAIM):
                time.sleep(min(_POLL_SECONDS, deadline.timeout(at_most=_POLL_SECONDS)))
            elif token := stored and self._seal.open(stored):
                return Session(token, stored)
            elif stored:
                self._database.execute(_SQL["drop"], deadline=deadline, token=stored, **key)
            elif claim := self._claimed(key, deadline):
                return self._opened(contact, claim, deadline)

    def renewed(self, contact: str, refused: Session, deadline: Deadline) -> Session:
        """Another session in the place of one that was refused. Raises as `of`."""
        self._database.execute(
            _SQL["drop"], deadline=deadline, contact=contact, bot_id=self._bot_id, token=refused.stored
        )
        return self.of(contact, deadline)

    def _claimed(self, key: dict[str, str], deadline: Deadline) -> str:
        """The claim on the customer's row, "" where somebody else has it."""
        claim = _CLAIM + uuid.uuid4().hex
        with self._database.transaction(deadline) as transaction:
            if not transaction.execute(_SQL["claim"], claim=claim, seconds=_CLAIM_SECONDS, **key):
                return ""
            transaction.execute(_SQL["remove_expired"], most=_REMOVED_AT_ONCE)
        return claim

    def _opened(self, contact: str, claim: str, deadline: Deadline) -> Session:
        key = {"contact": contact, "bot_id": self._bot_id}
        try:
            opened = self._client.open(
                self._api_key,
                name=f"Customer {contact[:8]}",
                # The thread belongs to name and email; a real number would be told to a third party.
                email=f"{contact[:32]}@example.com",
                deadline=deadline.within(_CLAIM_SECONDS),
            )
            stored = self._seal.close(opened.token)
            self._database.execute(
                _SQL["keep"], deadline=deadline, token=stored, seconds=opened.seconds, claim=claim, **key
            )
        except Exception:
            # The next message need not wait until the claim has ended.
            with suppress(DatabaseError, DeadlineExceeded):
                self._database.execute(_SQL["drop"], deadline=None, token=claim, **key)
            raise
        return Session(opened.token, stored)


def remove_expired(database: Database, most: int = 1000) -> int:
    """Deletes sessions that have ended, at most so many; how many it were. Raises DatabaseError."""
    return database.execute(_SQL["remove_expired"], most=most)
