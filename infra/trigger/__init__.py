"""Sends sample events to the function `webhook`, signed as their platform signs them."""
