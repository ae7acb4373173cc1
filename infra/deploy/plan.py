"""The plan of a deployment: every command that it takes, in order, as data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from infra.build import FOLDER, ROOT
from infra.deploy.schedule import cron
from infra.deploy.shape import Function, Queue, Schedule, shape
from infra.deploy.step import Step, place
from infra.deploy.target import Target, deployed

_FUNCTION_FIX = (
    "The build's log is linked above. Your account needs roles/cloudfunctions.developer, and"
    " roles/iam.serviceAccountUser on the function's account and on tendero-build."
)
_DELIMITERS = ";|~@#%"


@dataclass(frozen=True)
class Standing:
    """What is there already: names of queues and jobs, addresses of functions by their own names."""

    queues: frozenset[str] = frozenset()
    jobs: frozenset[str] = frozenset()
    addresses: Mapping[str, str] = field(default_factory=dict)


def plan(target: Target, standing: Standing) -> list[Step]:
    """Every step to bring the project in line. Each may be repeated: what is there is updated.

    Raises SettingsError for settings that cannot be deployed.
    """
    found = [*_queues(target, standing), *_secrets(target), *_functions(target, standing)]
    found += [_schedule(target, standing, each) for each in shape().schedules]
    everywhere = (f"--project={target.project}", "--quiet")
    return [replace(each, command=(*each.command, *everywhere)) for each in found]


def _queues(target: Target, standing: Standing) -> Iterator[Step]:
    for queue in shape().queues:
        name = target.queue(queue.name)
        verb = "update" if name in standing.queues else "create"
        yield Step(
            f"queue {name}",
            ("tasks", "queues", verb, name, f"--location={target.region}", *rates(queue)),
            "A deleted queue blocks its name for about seven days;"
            f" {queue.name.upper()}_QUEUE may name another.",
        )
    for function in shape().functions:
        for queue_name, role in function.queue_roles.items():
            name = target.queue(queue_name)
            yield Step(
                f"{deployed(function.name)} may use the queue {name}",
                (
                    *("tasks", "queues", "add-iam-policy-binding", name, f"--location={target.region}"),
                    *_binding(target.account(function.name), role),
                ),
                "Your account needs roles/cloudtasks.admin.",
            )


def rates(queue: Queue) -> tuple[str, ...]:
    """The flags of a queue's rates; no limit in time, so that the attempts alone count."""
    return (
        f"--max-dispatches-per-second={queue.max_dispatches_per_second}",
        f"--max-concurrent-dispatches={queue.max_concurrent_dispatches}",
        f"--max-attempts={queue.max_attempts}",
        "--max-retry-duration=0s",
        f"--min-backoff={queue.min_backoff_seconds}s",
        f"--max-backoff={queue.max_backoff_seconds}s",
        f"--max-doublings={queue.max_doublings}",
    )


def _secrets(target: Target) -> Iterator[Step]:
    for function in shape().functions:
        for name in target.secrets_of(function):
            yield Step(
                f"{deployed(function.name)} may read the secret {name}",
                (
                    *("secrets", "add-iam-policy-binding", name),
                    *_binding(target.account(function.name), "roles/secretmanager.secretAccessor"),
                ),
                "Your account needs roles/secretmanager.admin.",
            )


def _functions(target: Target, standing: Standing) -> Iterator[Step]:
    known = dict(standing.addresses)
    for function in shape().functions:
        yield Step(f"function {deployed(function.name)}", deploy(target, function, known), _FUNCTION_FIX)
        variable = f"{function.name.upper()}_URL"
        yield Step(f"address of {deployed(function.name)}", _address(target, function), gives=variable)
        unknown_to_itself = function.name in function.addresses and function.name not in known
        known[function.name] = place(variable)
        if unknown_to_itself:
            yield Step(
                f"function {deployed(function.name)}, which now knows its own address",
                deploy(target, function, known),
                _FUNCTION_FIX,
            )
        if not function.public:
            yield Step(
                f"tasks and schedule may call {deployed(function.name)}",
                (
                    *("functions", "add-invoker-policy-binding", deployed(function.name)),
                    *(f"--region={target.region}", f"--member=serviceAccount:{target.caller}"),
                ),
                "Your account needs roles/run.admin.",
            )


def deploy(target: Target, function: Function, addresses: Mapping[str, str]) -> tuple[str, ...]:
    """The arguments that create or update one function."""
    return (
        *("functions", "deploy", deployed(function.name), "--gen2"),
        f"--region={target.region}",
        f"--runtime={target.python}",
        f"--source={(FOLDER / function.source).relative_to(ROOT)}",
        *flags(function),
        f"--service-account={target.account(function.name)}",
        f"--build-service-account=projects/{target.project}/serviceAccounts/{target.account('build')}",
        f"--set-env-vars={joined(target.environment(function, addresses))}",
    )


def flags(function: Function) -> tuple[str, ...]:
    """The flags of a function that are the same for every shop."""
    return (
        f"--entry-point={function.name}",
        "--trigger-http",
        "--allow-unauthenticated" if function.public else "--no-allow-unauthenticated",
        f"--memory={function.memory}",
        f"--cpu={function.cpu}",
        f"--concurrency={function.concurrency}",
        f"--max-instances={function.max_instances}",
        f"--timeout={function.timeout_seconds}",
    )


def joined(values: Mapping[str, str]) -> str:
    """The values as one flag's text, parted by what none of them holds.

    Source: `gcloud topic escaping`. Raises ValueError when every delimiter occurs.
    """
    text = "".join(values.values())
    free = next((each for each in _DELIMITERS if each not in text), None)
    if free is None:
        raise ValueError("The settings' values hold every delimiter that could part them.")
    return f"^{free}^" + free.join(f"{name}={value}" for name, value in sorted(values.items()))


def _address(target: Target, function: Function) -> tuple[str, ...]:
    return (
        *("functions", "describe", deployed(function.name), f"--region={target.region}"),
        "--format=value(serviceConfig.uri)",
    )


def _schedule(target: Target, standing: Standing, schedule: Schedule) -> Step:
    name, address = deployed(schedule.function), place(f"{schedule.function.upper()}_URL")
    minutes = schedule.minutes or target.settings.sync_interval_minutes
    exists = name in standing.jobs
    return Step(
        f"schedule: {name} every {minutes} minutes",
        (
            *("scheduler", "jobs", "update" if exists else "create", "http", name),
            f"--location={target.region}",
            f"--schedule={cron(minutes)}",
            "--time-zone=Etc/UTC",
            f"--uri={address}",
            "--http-method=POST",
            f"--{'update-' if exists else ''}headers=Content-Type=application/json",
            f"--message-body={json.dumps(schedule.body)}",
            f"--attempt-deadline={schedule.attempt_deadline_seconds}s",
            f"--max-retry-attempts={schedule.max_retry_attempts}",
            f"--min-backoff={schedule.min_backoff_seconds}s",
            f"--max-backoff={schedule.max_backoff_seconds}s",
            f"--max-doublings={schedule.max_doublings}",
            f"--oidc-service-account-email={target.caller}",
            f"--oidc-token-audience={address}",
        ),
        f"Your account needs roles/cloudscheduler.admin, and roles/iam.serviceAccountUser on {target.caller}."
        " Cloud Scheduler is not in every region: `gcloud scheduler locations list`.",
    )


def _binding(account: str, role: str) -> tuple[str, str]:
    return f"--member=serviceAccount:{account}", f"--role={role}"
