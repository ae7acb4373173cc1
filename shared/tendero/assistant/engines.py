"""Who answers a conversation: the engine that is set for its shop, channel and inbox."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from tendero.assistant import handoff, language, templates
from tendero.assistant.asked import Asked, cleaned
from tendero.assistant.background import Task
from tendero.assistant.engine import Engine
from tendero.assistant.noting import noted
from tendero.assistant.reply import EngineName, Reply
from tendero.assistant.templates import IntentKind
from tendero.assistant.thought import Thought
from tendero.people.agent_config import AgentConfig
from tendero.people.agent_configs import AgentConfigs
from tendero.people.conversations import ConversationRef
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.settings import Settings

_CONFIG_SHARE = 0.2
# AskYourDatabase has all of its own time, and storing some more.
_STORE_SECONDS = 2.0
_UNSET = (
    "AskYourDatabase is not set up (ASKYOURDATABASE_API_KEY, ASKYOURDATABASE_CHAT_ID): the assistant answers"
)


class Engines:
    """The assistant as channels see it. Threads share it.

    `askyourdatabase` is None where it is not set up.
    """

    def __init__(
        self, database: Database, settings: Settings, assistant: Engine, askyourdatabase: Engine | None = None
    ) -> None:
        self._settings = settings
        self._assistant = assistant
        self._askyourdatabase = askyourdatabase
        self._configs = AgentConfigs(database, settings)

    def think(self, asked: Asked, deadline: Deadline, patience: Deadline | None = None) -> Thought:
        """See `Engine.think`. Switched off, it gives a reply without texts (`silent`)."""
        config = self.config(asked.conversation, deadline)
        intent = templates.read(asked.message)
        if not config.enabled:
            return _said("", "silent", asked, config)
        if config.greeting and intent.kind is IntentKind.GREETING:
            return _said(config.greeting, "greeting", asked, config)
        wanted = self._wants_askyourdatabase(asked.conversation, config)
        # A person is asked for here, whoever answers questions.
        chosen = self._askyourdatabase if wanted and intent.kind is not IntentKind.PERSON else None
        engine = chosen if chosen and asked.message.strip() else self._assistant
        thought = engine.think(replace(asked, config=config), deadline, patience)
        reply = handoff.alone(thought.reply)
        if not config.handoff:
            reply = replace(reply, handoff="")
        if wanted and self._askyourdatabase is None:
            reply = replace(reply, notes=(*reply.notes, _UNSET))
        return replace(thought, reply=reply)

    def config(self, conversation: ConversationRef, deadline: Deadline) -> AgentConfig:
        """What holds in the conversation's place; while the database is down, what was last known of it."""
        limit = deadline.within(_CONFIG_SHARE * deadline.remaining())
        read = partial(self._configs.of, conversation.channel, conversation.inbox, limit)
        try:
            # Only a read from the database may hang.
            return read() if self._configs.known else Task("The agent configuration", read).result(limit)
        except Exception as error:
            noted("agent configuration not read: the settings hold", error)
            return AgentConfig.merged(self._settings)

    def seconds(self, conversation: ConversationRef, deadline: Deadline) -> float:
        """How long an answer may take there, on a channel that waits for none; 0 where it is switched off."""
        config, settings = self.config(conversation, deadline), self._settings
        if not config.enabled:
            return 0.0
        asked = self._askyourdatabase and self._wants_askyourdatabase(conversation, config)
        return settings.askyourdatabase_seconds + _STORE_SECONDS if asked else settings.reply_seconds

    def _wants_askyourdatabase(self, conversation: ConversationRef, config: AgentConfig) -> bool:
        if config.engine == "auto":
            return conversation.channel in self._settings.askyourdatabase_channels
        return config.engine == "askyourdatabase"


def _said(text: str, outcome: str, asked: Asked, config: AgentConfig) -> Thought:
    message = cleaned(asked.message)
    reply = Reply(
        texts=(text,) if text else (),
        language=language.detect(message, hint=asked.language_hint, accepted=config.languages),
        engine=EngineName.TEMPLATES,
        outcome=outcome,
    )
    return Thought(message=message, reply=reply)
