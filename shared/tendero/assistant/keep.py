"""Stores a turn for a channel that waits for the answer itself."""

from __future__ import annotations

from dataclasses import replace

from tendero.assistant import memory
from tendero.assistant.background import Task
from tendero.assistant.noting import noted
from tendero.assistant.reply import Reply
from tendero.assistant.thought import Thought
from tendero.people.conversations import ConversationRef
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline


def keep(database: Database, conversation: ConversationRef, thought: Thought, deadline: Deadline) -> Reply:
    """The thought's reply, with a note where it could not be stored in time."""

    def write() -> None:
        with database.transaction(deadline) as transaction:
            memory.add(transaction, conversation, thought)

    try:
        Task("Storing the turn", write).result(deadline)
    except Exception as error:
        note = noted("turn not stored", error)
        return replace(thought.reply, notes=(*thought.reply.notes, note))
    return thought.reply
