"""A stand-in for Chatwoot: its REST API for conversations, and its webhooks."""
