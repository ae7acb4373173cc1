"""Dialogflow fulfilment: reads webhook requests of ES (v2, v2beta1) and CX and writes what each expects."""
