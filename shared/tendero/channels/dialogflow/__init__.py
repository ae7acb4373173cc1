"""Dialogflow ES fulfilment: reads its webhook requests and writes what it expects (v2 and v2beta1)."""
