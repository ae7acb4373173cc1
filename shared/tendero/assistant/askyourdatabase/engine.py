"""One turn answered by AskYourDatabase: in its time, or else with a friendly sentence."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from tendero.assistant import language, links
from tendero.assistant.askyourdatabase.client import MOST_CHARACTERS, SERVICE, Client
from tendero.assistant.askyourdatabase.sentences import SENTENCES
from tendero.assistant.askyourdatabase.sessions import Session, Sessions
from tendero.assistant.askyourdatabase.shown import shown
from tendero.assistant.background import Task
from tendero.assistant.noting import noted
from tendero.assistant.reply import EngineName, Reply, Usage
from tendero.assistant.thought import Thought
from tendero.assistant.turn import cleaned
from tendero.people import conversations
from tendero.people.agent_config import AgentConfig
from tendero.people.conversations import ConversationRef
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DatabaseError, DeadlineExceeded, HttpError
from tendero.platform.settings import Settings

# What storing and sending the answer takes out of the time that a channel gives.
_KEPT_SHARE, _KEPT_SECONDS = 0.1, 1.0
_LANGUAGE_SECONDS = 1.0
# A longer pause, or a second one, is no answer any more.
_LONGEST_PAUSE_SECONDS, _USUAL_PAUSE_SECONDS = 10.0, 2.0
_UNAUTHORIZED, _TOO_MANY = 401, 429
# The HTTP client's own time-out ends a moment before the limit is over.
_NO_TIME_SECONDS = 0.2


@dataclass(kw_only=True)
class _Turn:
    """What is known so far about the message being answered."""

    message: str
    conversation: ConversationRef
    hint: str | None
    accepted: tuple[str, ...]
    limit: Deadline
    language: str = ""
    asked: int = 0
    notes: list[str] = field(default_factory=list)


class AskYourDatabase:
    """Answers customers through the chatbot of the settings. Threads share it.

    Its rows are not the catalogue's: no price in its answers is proved here.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._client = Client(settings.askyourdatabase_url, settings.askyourdatabase_chat_id)
        self._hosts = links.shop_hosts(settings)

    @property
    def configured(self) -> bool:
        """Whether there is a chatbot to ask."""
        return bool(self._settings.askyourdatabase_api_key and self._settings.askyourdatabase_chat_id)

    def think(
        self,
        message: str,
        *,
        conversation: ConversationRef,
        language_hint: str | None,
        deadline: Deadline,
        name: str = "",
        config: AgentConfig | None = None,
    ) -> Thought:
        """The reply to one message, before the deadline and ASKYOURDATABASE_SECONDS end; nothing is stored.

        `outcome` is `answered`, `late`, `busy` or `failed`. The customer's `name` is not told to the service.
        """
        started = time.monotonic()
        turn = _Turn(
            message=cleaned(message),
            conversation=conversation,
            hint=language_hint,
            accepted=config.languages if config else self._settings.shop_languages,
            limit=deadline.before(min(_KEPT_SECONDS, _KEPT_SHARE * deadline.remaining())).within(
                self._settings.askyourdatabase_seconds
            ),
        )
        # Even a time-out of the HTTP library may come late: the customer does not wait for it.
        answer = Task(SERVICE, lambda: self._answer(turn))
        try:
            text, outcome = answer.result(turn.limit), "answered"
        except Exception as error:
            turn.notes.append(noted("no answer from AskYourDatabase", error))
            outcome = _outcome(error, turn.limit)
            turn.language = turn.language or self._detected(turn)
            text = SENTENCES[outcome][turn.language]
        reply = Reply(
            texts=(text,),
            language=turn.language,
            engine=EngineName.ASKYOURDATABASE,
            outcome=outcome,
            usage=Usage(calls=turn.asked),
            notes=tuple(turn.notes),
        )
        milliseconds = int((time.monotonic() - started) * 1000)
        return Thought(message=turn.message, reply=reply, milliseconds=milliseconds)

    def _answer(self, turn: _Turn) -> str:
        turn.language = self._detected(turn, self._spoken_before(turn))
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
        customer = turn.conversation.contact or turn.conversation.external_id
        contact = sessions.contact(turn.conversation.channel, customer)
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
        turn.asked += 1
        return self._client.ask(
            session.token,
            turn.message,
            seconds=self._settings.askyourdatabase_seconds,
            deadline=turn.limit,
        )

    def _spoken_before(self, turn: _Turn) -> str | None:
        try:
            with self._database.transaction(turn.limit.within(_LANGUAGE_SECONDS)) as transaction:
                return conversations.recent(transaction, turn.conversation, 0).language
        except (DatabaseError, DeadlineExceeded) as error:
            turn.notes.append(noted("history not read", error))
            return None

    def _detected(self, turn: _Turn, before: str | None = None) -> str:
        return language.detect(turn.message, conversation=before, hint=turn.hint, accepted=turn.accepted)


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
