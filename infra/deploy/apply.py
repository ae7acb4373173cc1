"""Carries a plan out, one command after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from infra.deploy import gcloud
from infra.deploy.gcloud import GcloudError
from infra.deploy.step import Step
from tendero.platform.errors import TenderoError

AGAIN = "What was done stays; run `tendero deploy` again to go on: steps may be repeated."


class DeployError(TenderoError):
    """A step of a deployment failed; the message says which, why, and what to do."""


def apply(steps: Sequence[Step], tell: Callable[[str], None]) -> dict[str, str]:
    """Runs every step and gives what those with `gives` printed. Raises DeployError at the first failure."""
    values: dict[str, str] = {}
    for number, step in enumerate(steps, 1):
        tell(f"[{number}/{len(steps)}] {step.title}\n  $ {step.shell}")
        try:
            said = gcloud.run(step.filled(values))
        except GcloudError as error:
            raise DeployError(f"{step.title}: {error}. {step.fix} {AGAIN}".replace("  ", " ")) from error
        if step.gives:
            if not said:
                raise DeployError(f"{step.title}: gcloud printed none. {AGAIN}")
            values[step.gives] = said
    return values
