"""The engine that answers with a chat model."""

from tendero.assistant.model.client import ChatClient, Completion
from tendero.assistant.model.loop import ChatModel, Conversation, ModelAnswer

__all__ = ["ChatClient", "ChatModel", "Completion", "Conversation", "ModelAnswer"]
