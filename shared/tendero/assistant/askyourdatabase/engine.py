"""One turn answered by AskYourDatabase: in its time, or else with a friendly sentence."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from tendero.assistant import handoff, language, links, templates
from tendero.assistant.asked import Asked, cleaned
from tendero.assistant.askyourdatabase.client import MOST_CHARACTERS, SERVICE, Client
from tendero.assistant.askyourdatabase.sentences import SENTENCES
from tendero.assistant.askyourdatabase.sessions import Session, Sessions
from tendero.assistant.askyourdatabase.shown import shown
from tendero.assistant.background import Task
from tendero.assistant.noting import noted
from tendero.assistant.reply import EngineName, Reply, Usage
from tendero.assistant.thought import Thought
from tendero.people import conversations
from tendero.people.conversations import History
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DatabaseError, DeadlineExceeded, HttpError
from tendero.platform.settings import Settings

# What storing and sending the answer takes out of the time that a channel gives.
_KEPT_SHARE, _KEPT_SECONDS = 0.1, 1.0
_HISTORY_SECONDS = 1.0
# A longer pause, or a second one, is no answer any more.
_LONGEST_PAUSE_SECONDS, _USUAL_PAUSE_SECONDS = 10.0, 2.0
_UNAUTHORIZED, _TOO_MANY = 401, 429
# The HTTP client's own time-out ends a moment before the limit is over.
_NO_TIME_SECONDS = 0.2


@dataclass(kw_only=True)
class _Turn:
    """What is known so far about the message being answered."""

    asked: Asked
    message: str
    accepted: tuple[str, ...]
    limit: Deadline
    most_failures: int
    history: History = field(default_factory=History)
    language: str = ""
    notes: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    calls: int = 0
    counted: int = 0

    def thought(self, text: str, outcome: str) -> Thought:
        """What is said now. Questions are counted once: those of an earlier thought of the turn no more."""
        reply = Reply(
            texts=(text,) if text else (),
            language=self.language,
            engine=EngineName.ASKYOURDATABASE,
            outcome=outcome,
            usage=Usage(calls=self.calls - self.counted),
            notes=tuple(self.notes),
            handoff=handoff.reason(
                self.message,
                templates.read(self.message),
                outcome,
                failed_before=self.history.failed_turns,
                most_failures=self.most_failures,
            ),
        )
        self.counted = self.calls
        milliseconds = int((time.monotonic() - self.started) * 1000)
        return Thought(message=self.message, reply=reply, milliseconds=milliseconds)


class AskYourDatabase:
    """Answers customers through the chatbot of the settings. Threads share it.

    Its rows are not the catalogue's: no price in its answers is proved here.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._client = Client(settings.askyourdatabase_url, settings.askyourdatabase_chat_id)
        self._hosts = links.shop_hosts(settings)

    def think(self, asked: Asked, deadline: Deadline, patience: Deadline | None = None) -> Thought:
        """See `Engine.think`; ends with ASKYOURDATABASE_SECONDS too.

        `outcome` is `answered`, `late`, `busy` or `failed`. With `patience`, a friendly sentence comes first
        where the service is late.
        """
        waiting = deadline.before(min(_KEPT_SECONDS, _KEPT_SHARE * deadline.remaining()))
        turn = _Turn(
            asked=asked,
            message=cleaned(asked.message),
            accepted=asked.config.languages if asked.config else self._settings.shop_languages,
            limit=(patience or waiting).within(self._settings.askyourdatabase_seconds),
            most_failures=self._settings.handoff_after_failures,
        )
        # Even a time-out of the HTTP library may come late: the customer does not wait for it.
        answer = Task(SERVICE, lambda: self._answer(turn))
        waiting = waiting.within(self._settings.askyourdatabase_seconds)
        try:
            return turn.thought(answer.result(waiting), "answered")
        except Exception as error:
            turn.notes.append(noted("no answer from AskYourDatabase", error))
            outcome = _outcome(error, waiting)
        turn.language = turn.language or _detected(turn)
        thought = turn.thought(SENTENCES[outcome][turn.language], outcome)
        if patience is None or outcome != "late":
            return thought
        return replace(thought, late=lambda until: _late(turn, answer, until))

    def _answer(self, turn: _Turn) -> str:
        self._remember(turn)
        turn.language = _detected(turn)
        said = shown(self._asked(turn), self._hosts, MOST_CHARACTERS)
        turn.notes += said.notes
        if not said.text:
            raise HttpError(f"{SERVICE} answered with nothing that may be shown.")
        return said.text

    def _asked(self, turn: _Turn) -> str:
        """The answer as it came: a session that has ended is renewed once, a short pause is kept once."""
        settings, limit = self._settings, turn.limit
        sessions = Sessions(
            self._database, self._client, settings.askyourdatabase_chat_id, settings.askyourdatabase_api_key
        )
        conversation = turn.asked.conversation
        customer = conversation.contact or conversation.external_id
        contact = sessions.contact(conversation.channel, customer)
        session = sessions.of(contact, limit)
        handled: set[int | None] = set()
        while True:
            try:
                return self._text(turn, session)
            except HttpError as error:
                if error.status not in (_UNAUTHORIZED, _TOO_MANY) or error.status in handled:
                    raise
                handled.add(error.status)
                if error.status == _UNAUTHORIZED:
                    session = sessions.renewed(contact, session, limit)
                else:
                    _pause(error, limit)

    def _text(self, turn: _Turn, session: Session) -> str:
        turn.calls += 1
        return self._client.ask(
            session.token,
            turn.message,
            seconds=self._settings.askyourdatabase_seconds,
            deadline=turn.limit,
        )

    def _remember(self, turn: _Turn) -> None:
        try:
            with self._database.transaction(turn.limit.within(_HISTORY_SECONDS)) as transaction:
                turn.history = conversations.recent(transaction, turn.asked.conversation, 0)
        except (DatabaseError, DeadlineExceeded) as error:
            turn.notes.append(noted("history not read", error))


def _detected(turn: _Turn) -> str:
    return language.detect(
        turn.message,
        conversation=turn.history.language,
        hint=turn.asked.language_hint,
        accepted=turn.accepted,
    )


def _late(turn: _Turn, answer: Task[str], until: Deadline) -> Thought:
    """See `Thought.late`."""
    try:
        return turn.thought(answer.result(until), "answered")
    except Exception as error:
        if not answer.done:
            raise
        turn.notes.append(noted("no late answer from AskYourDatabase", error))
        return turn.thought("", "failed")


def _pause(error: HttpError, limit: Deadline) -> None:
    """Waits as the service asks. Raises the error where that is too long."""
    seconds = _USUAL_PAUSE_SECONDS if error.retry_after is None else error.retry_after
    if seconds > min(_LONGEST_PAUSE_SECONDS, limit.remaining() / 2):
        raise error
    time.sleep(seconds)


def _outcome(error: Exception, limit: Deadline) -> str:
    if isinstance(error, HttpError) and error.status == _TOO_MANY:
        return "busy"
    return "late" if isinstance(error, DeadlineExceeded) or limit.remaining() < _NO_TIME_SECONDS else "failed"
