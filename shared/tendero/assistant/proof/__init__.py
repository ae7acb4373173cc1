"""Checks by plain code that a reply states only what this turn's rows say."""

from tendero.assistant.proof.check import Verdict, check
from tendero.assistant.proof.draft import Failure, FailureKind

__all__ = ["Failure", "FailureKind", "Verdict", "check"]
