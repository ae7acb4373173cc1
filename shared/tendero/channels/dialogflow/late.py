"""Questions that a model is still at work on after their turn, and what becomes of their answers."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from tendero.assistant import agent_log
from tendero.assistant.background import Task
from tendero.assistant.noting import noted
from tendero.assistant.reply import Reply
from tendero.assistant.thought import Thought
from tendero.catalog import products
from tendero.channels.dialogflow import held
from tendero.channels.dialogflow.nudge import is_nudge, is_same
from tendero.people import conversations, late_answers
from tendero.people.conversations import ConversationRef
from tendero.people.late_answers import LateAnswer
from tendero.platform.database import Database, Transaction
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DeadlineExceeded

T = TypeVar("T")
# What an answer says of prices and stock is not said later than this.
_FRESH_SECONDS = 600.0
# Each has a thread or two and a connection to the model.
_MOST_AT_WORK = 50
_STORE_SECONDS = 5.0
_POLL_SECONDS = 0.4


@dataclass(kw_only=True, eq=False)
class Pending:
    """A question at work in this instance. `drafted` is what the templates say, where nobody was told yet."""

    question: str
    drafted: Reply | None
    question_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    began: float = field(default_factory=time.monotonic)
    task: Task[Reply | None] | None = None

    @property
    def failed(self) -> bool:
        """Whether there will be no answer."""
        return self.task is not None and self.task.done and self.answer(Deadline(0)) is None

    def answer(self, deadline: Deadline) -> Reply | None:
        """The reply once there is one; None when it fails, or is not there by then."""
        assert self.task is not None
        try:
            return self.task.result(deadline)
        except DeadlineExceeded:
            return None


class LateAnswers:
    """The late answers of all conversations: at work here, or stored by whichever instance found them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: dict[ConversationRef, Pending] = {}

    @property
    def has_room(self) -> bool:
        """Whether one more model may go on after its turn."""
        return len(self._pending) < _MOST_AT_WORK

    def pending(self, conversation: ConversationRef) -> Pending | None:
        """The conversation's question that is at work here."""
        with self._lock:
            return self._pending.get(conversation)

    def begin(
        self,
        database: Database,
        conversation: ConversationRef,
        thought: Thought,
        *,
        patience: Deadline,
        told: bool,
    ) -> Pending:
        """Waits in the background for the thought's model and stores its answer.

        `told` says that the customer gets what the templates have drafted meanwhile.
        """
        assert thought.late is not None
        pending = Pending(question=thought.message, drafted=None if told else thought.reply)
        language = thought.reply.language
        finish = partial(self._finish, database, conversation, pending, thought.late, patience, language)
        with self._lock:
            self._pending[conversation] = pending
            pending.task = Task("The late answer", finish)
        return pending

    def forget(self, conversation: ConversationRef) -> None:
        """A newer question has been answered."""
        with self._lock:
            self._pending.pop(conversation, None)

    def wanted(
        self, database: Database, conversation: ConversationRef, message: str, deadline: Deadline
    ) -> Reply | None:
        """The stored answer where this message asks for it: see `nudge`.

        It is kept for this message only. None too where it cannot be read.
        """
        late = _tried(partial(_take, database, conversation, None, deadline), deadline)
        if late is None or late[0].age > _FRESH_SECONDS:
            return None
        asked = (message, *late[0].since)
        waits = all(is_nudge(each) or is_same(each, late[0].question) for each in asked)
        return late[1] if waits else None

    def answer(
        self, database: Database, conversation: ConversationRef, question_id: str, deadline: Deadline
    ) -> Reply | None:
        """The answer to a question as soon as there is one, from here or from another instance.

        None when there is none by then. "" as `question_id` means the conversation's newest question.
        """
        take = partial(_take, database, conversation, question_id or None, deadline)
        pending = self.pending(conversation)
        if pending and question_id in ("", pending.question_id):
            reply = pending.answer(deadline)
            if reply is not None:
                # What is said now is not to be said again.
                _tried(take, deadline)
            return reply
        while not deadline.expired:
            late = _tried(take, deadline)
            if late is not None:
                return late[1]
            time.sleep(deadline.within(_POLL_SECONDS).remaining())
        return None

    def _finish(
        self,
        database: Database,
        conversation: ConversationRef,
        pending: Pending,
        wait: Callable[[Deadline], Thought],
        patience: Deadline,
        language: str,
    ) -> Reply | None:
        reply, thought = pending.drafted, None
        try:
            thought = wait(patience)
            reply = thought.reply if thought.reply.texts else reply
        except Exception as error:
            noted("late model failed", error)
        try:
            with database.transaction(Deadline(_STORE_SECONDS)) as transaction:
                _store(transaction, conversation, language, pending, thought, reply)
        except Exception as error:
            noted("late answer not stored", error)
        with self._lock:
            if self._pending.get(conversation) is pending:
                del self._pending[conversation]
        return reply


def _store(
    transaction: Transaction,
    conversation: ConversationRef,
    language: str,
    pending: Pending,
    thought: Thought | None,
    reply: Reply | None,
) -> None:
    """The answer for later, and what it cost now."""
    conversation_id, _ = conversations.append(transaction, conversation, language, ())
    if thought is not None and thought.reply.usage.calls:
        agent_log.add(transaction, conversation_id, thought)
    if reply is not None:
        late = LateAnswer(
            question_id=pending.question_id,
            question=pending.question,
            answer=held.write(reply),
            age=time.monotonic() - pending.began,
        )
        late_answers.put(transaction, conversation_id, late)


def _take(
    database: Database, conversation: ConversationRef, question_id: str | None, deadline: Deadline
) -> tuple[LateAnswer, Reply | None] | None:
    """The stored answer, and the reply in it where its facts still hold."""
    with database.transaction(deadline) as transaction:
        late = late_answers.take(transaction, conversation, question_id)
        if late is None:
            return None
        shown = products.read(transaction, held.product_ids(late.answer))
    return late, held.read(late.answer, shown)


def _tried(work: Callable[[], T], deadline: Deadline) -> T | None:
    """What a look into the database gives, None where it fails or hangs."""
    try:
        return Task("The late answer", work).result(deadline)
    except Exception as error:
        noted("late answers not read", error)
        return None
