"""A local server that answers like AskYourDatabase: sessions, one-time addresses, streamed answers."""

from infra.local.askyourdatabase_server.server import API_KEY, BOT_ID, AskYourDatabaseServer

__all__ = ["API_KEY", "BOT_ID", "AskYourDatabaseServer"]
