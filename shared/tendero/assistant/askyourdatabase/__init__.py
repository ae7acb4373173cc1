"""AskYourDatabase as an answer engine: a hosted chatbot over a database that the shop has connected there."""

from tendero.assistant.askyourdatabase.engine import AskYourDatabase
from tendero.assistant.askyourdatabase.sessions import remove_expired

__all__ = ["AskYourDatabase", "remove_expired"]
