"""Stores a turn for who waits for the answer itself."""

from __future__ import annotations

from dataclasses import replace

from tendero.assistant import memory
from tendero.assistant.asked import Asked
from tendero.assistant.background import Task
from tendero.assistant.engine import Engine
from tendero.assistant.noting import noted
from tendero.assistant.plan import Plan
from tendero.assistant.reply import Reply
from tendero.assistant.thought import Thought
from tendero.people.conversations import ConversationRef
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline


def answer(engine: Engine, database: Database, asked: Asked, deadline: Deadline) -> Reply:
    """What the engine thinks, the turn stored."""
    ends = Plan(deadline).store
    return keep(database, asked.conversation, engine.think(asked, deadline), ends)


def keep(database: Database, conversation: ConversationRef, thought: Thought, deadline: Deadline) -> Reply:
    """The thought's reply, with a note where it could not be stored in time. Silence is not stored."""
    if not thought.reply.texts:
        return thought.reply

    def write() -> None:
        with database.transaction(deadline) as transaction:
            memory.add(transaction, conversation, thought)

    try:
        Task("Storing the turn", write).result(deadline)
    except Exception as error:
        note = noted("turn not stored", error)
        return replace(thought.reply, notes=(*thought.reply.notes, note))
    return thought.reply
