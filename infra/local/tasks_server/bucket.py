"""The token bucket that keeps a queue below max_dispatches_per_second."""

from __future__ import annotations

# A wait computed in floating point may end a hair before the token is whole.
_WHOLE = 1.0 - 1e-6


class TokenBucket:
    """Holds up to `burst` tokens, refilled at `rate` per second; it starts full. Times are in seconds."""

    def __init__(self, rate: float, burst: int, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = float(burst)
        self._filled = now

    def wait(self, now: float) -> float:
        """Seconds until a token can be taken; 0.0 when there is one."""
        self._refill(now)
        return 0.0 if self._tokens >= _WHOLE else (1.0 - self._tokens) / self._rate

    def take(self, now: float) -> None:
        """Take one token; call it only when `wait` gave 0.0."""
        self._refill(now)
        self._tokens = max(0.0, self._tokens - 1.0)

    def _refill(self, now: float) -> None:
        # A wall clock may be set back; time that seems negative gives nothing and takes nothing.
        passed = max(0.0, now - self._filled)
        self._tokens = min(float(self._burst), self._tokens + passed * self._rate)
        self._filled = now
