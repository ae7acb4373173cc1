"""The stand-ins of the chat platforms and of AskYourDatabase, together in one process."""
