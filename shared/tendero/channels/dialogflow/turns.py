"""One request of Dialogflow: a question, or the next turn of one that is still being worked on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tendero.assistant.asked import Asked
from tendero.assistant.keep import keep
from tendero.assistant.language import detect
from tendero.assistant.plan import Plan
from tendero.assistant.reply import EngineName, Reply, Usage
from tendero.assistant.templates.engine import PHRASES
from tendero.assistant.thought import Thought
from tendero.channels.dialogflow import followup
from tendero.channels.dialogflow.followup import MOST_TURNS, Followup
from tendero.channels.dialogflow.late import LateAnswers, Pending
from tendero.channels.dialogflow.nudge import is_nudge, is_same
from tendero.channels.dialogflow.query import Edition, Query
from tendero.channels.parts import Parts
from tendero.people.conversations import ConversationRef
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DeadlineExceeded
from tendero.platform.settings import Settings

# The most of a turn's time that a look for a late answer may cost where the database hangs.
_LOOK_SHARE = 0.15
_HOLDING = {
    "es": "Sigo buscando… Pregúntame otra vez en un momento.",
    "en": "I'm still looking… Ask me again in a moment.",
    "pt": "Ainda estou procurando… Pergunte de novo daqui a pouco.",
}


class Turns:
    """Answers queries within their deadlines. `parts` builds what it needs at the first one."""

    def __init__(self, settings: Settings, parts: Callable[[], Parts]) -> None:
        self._settings = settings
        self._parts = parts
        self._late = LateAnswers()

    def answer(self, query: Query, deadline: Deadline) -> Reply | Followup:
        """The reply, or a followup where the model needs another turn."""
        asked = followup.read(query, self._settings.dialogflow_followup_event)
        if asked is not None:
            return self._go_on(asked, query, deadline)
        if query.welcome:
            return self._greeting(query, deadline)
        pending = self._late.pending(_conversation(query))
        if pending and (is_nudge(query.text) or is_same(query.text, pending.question)):
            return self._go_on(_first(pending, query.text), query, deadline)
        return self._stored(query, deadline) or self._thought(query, deadline)

    def apology(self, query: Query, outcome: str) -> Reply:
        """What is said when a turn fails."""
        language = self._language(query)
        return said(PHRASES[language].unavailable, language, outcome)

    def _greeting(self, query: Query, deadline: Deadline) -> Reply:
        """What is said where there are no words to answer."""
        config = self._parts().assistant.config(_conversation(query), deadline)
        language = detect(query.text, hint=query.language, accepted=config.languages)
        if not config.enabled:
            return replace(said("", language, "silent"), texts=())
        phrases, shop = PHRASES[language], config.shop_name
        usual = phrases.greeting_named.format(shop=shop) if shop else phrases.greeting
        return said(config.greeting or usual, language, "greeting")

    def _stored(self, query: Query, deadline: Deadline) -> Reply | None:
        """A late answer that another instance, or this one before, has found."""
        parts = self._parts()
        if not query.lasting or not _has_slow_engine(parts.settings):
            return None
        look = deadline.within(deadline.remaining() * _LOOK_SHARE)
        late = self._late.wanted(parts.database, _conversation(query), query.text, look)
        return late and self._given(late, query.text, query, deadline)

    def _thought(self, query: Query, deadline: Deadline) -> Reply | Followup:
        if not query.text:
            return self._greeting(query, deadline)
        parts, conversation = self._parts(), _conversation(query)
        ends, patience = Plan(deadline).store, self._patience(query, deadline)
        asked = Asked(query.text, conversation, query.language)
        thought = parts.assistant.think(asked, deadline, patience)
        if deadline.expired:
            raise DeadlineExceeded("The turn ended after its time: the customer was told something else.")
        if thought.late is None or patience is None:
            self._late.forget(conversation)
            # Switched off, nothing is said nor stored: Dialogflow has the agent's own words.
            return keep(parts.database, conversation, thought, ends)
        told = self._most_turns(query) == 1
        pending = self._late.begin(parts.database, conversation, thought, patience=patience, told=told)
        if told:
            return keep(parts.database, conversation, thought, ends)
        return self._go_on(_first(pending, thought.message), query, deadline)

    def _patience(self, query: Query, deadline: Deadline) -> Deadline | None:
        """How long a late engine may go on; None where there is none, or nobody to tell what it finds."""
        parts = self._parts()
        if not query.lasting or not _has_slow_engine(parts.settings) or not self._late.has_room:
            return None
        seconds = parts.assistant.seconds(_conversation(query), deadline)
        return Deadline(max(seconds, self._settings.dialogflow_deadline_seconds))

    def _most_turns(self, query: Query) -> int:
        chained = self._settings.dialogflow_followup_event and query.lasting and query.edition is Edition.ES
        return MOST_TURNS if chained else 1

    def _go_on(self, asked: Followup, query: Query, deadline: Deadline) -> Reply | Followup:
        """Waits for the answer, then for another turn, and at the end holds the customer off."""
        parts, conversation = self._parts(), _conversation(query)
        pending = self._late.pending(conversation)
        reply = self._late.answer(parts.database, conversation, asked.question_id, Plan(deadline).store)
        if reply is None and pending and pending.failed:
            return self._thought(query, deadline)
        if reply is None and asked.turn < self._most_turns(query):
            return asked
        if reply is None:
            reply = self._holding(pending, replace(query, text=asked.said))
        return self._given(reply, asked.said, query, deadline)

    def _holding(self, pending: Pending | None, query: Query) -> Reply:
        """A promise, behind what the templates have found where the customer does not know it yet."""
        drafted = pending and pending.drafted
        if drafted and drafted.products:
            return replace(drafted, texts=(*drafted.texts, _HOLDING[drafted.language]), outcome="holding")
        language = self._language(query)
        return said(_HOLDING[language], language, "holding")

    def _given(self, reply: Reply, message: str, query: Query, deadline: Deadline) -> Reply:
        """Stores what the customer is told. What it cost is in the log already."""
        thought = Thought(message=message, reply=replace(reply, usage=Usage()))
        return keep(self._parts().database, _conversation(query), thought, deadline)

    def _language(self, query: Query) -> str:
        return detect(query.text, hint=query.language, accepted=self._settings.shop_languages)


def said(text: str, language: str, outcome: str) -> Reply:
    """A sentence of ours."""
    return Reply(texts=(text,), language=language, engine=EngineName.TEMPLATES, outcome=outcome)


def _first(pending: Pending, message: str) -> Followup:
    return Followup(question_id=pending.question_id, turn=1, said=message)


def _conversation(query: Query) -> ConversationRef:
    return ConversationRef("dialogflow", query.conversation)


def _has_slow_engine(settings: Settings) -> bool:
    return bool(settings.openai_api_key or settings.askyourdatabase_api_key)
