"""What has to exist once before anything is deployed: the commands, never run by us."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from infra.deploy.shape import shape
from infra.deploy.step import Step
from infra.deploy.target import Target, deployed

# Those that put tasks into a queue let the tasks carry the caller's identity.
ENQUEUING = tuple(each.name for each in shape().functions if each.addresses)
ACT_AS = "roles/iam.serviceAccountUser"
DATABASE_ROLES = ("roles/cloudsql.client", "roles/cloudsql.instanceUser")


def accounts() -> tuple[str, ...]:
    """One for each function, one whose identity tasks and schedule carry, one that builds the images."""
    return (*(each.name for each in shape().functions), "tasks", "build")


def setup(target: Target) -> Iterator[Step]:
    """All of it, in order."""
    yield enable(target, shape().apis)
    yield from (account(target, name) for name in accounts())
    yield from (role(target, *wanted) for wanted in roles(target))
    yield from (act_as(target, name) for name in ENQUEUING)
    if target.instance_path:
        yield instance(target)
        yield database(target)
        if target.iam_login:
            yield from (database_user(target, each.name) for each in shape().functions)


def roles(target: Target) -> list[tuple[str, str, str]]:
    """Each role that an account has in a whole project: project, account, role."""
    found = [(target.project, "build", role) for role in shape().build_roles]
    if target.instance_path:
        names = DATABASE_ROLES if target.iam_login else DATABASE_ROLES[:1]
        found += [(target.instance_path[0], each.name, role) for each in shape().functions for role in names]
    return found


def enable(target: Target, apis: Iterable[str]) -> Step:
    return Step("services", ("services", "enable", *apis, _project(target)))


def account(target: Target, name: str) -> Step:
    return Step(
        f"account {deployed(name)}",
        ("iam", "service-accounts", "create", deployed(name), _project(target)),
    )


def role(target: Target, project: str, name: str, role: str) -> Step:
    return Step(
        f"{deployed(name)} gets {role}",
        (
            *("projects", "add-iam-policy-binding", project),
            *(f"--member=serviceAccount:{target.account(name)}", f"--role={role}", "--condition=None"),
        ),
    )


def act_as(target: Target, function: str) -> Step:
    return Step(
        f"{deployed(function)} may send tasks as {target.caller}",
        (
            *("iam", "service-accounts", "add-iam-policy-binding", target.caller),
            *(f"--member=serviceAccount:{target.account(function)}", f"--role={ACT_AS}"),
            _project(target),
        ),
    )


def instance(target: Target) -> Step:
    project, region, name = target.instance_path
    wanted = shape().database
    values = ",".join(f"{flag}={value}" for flag, value in wanted["flags"].items())
    return Step(
        f"Cloud SQL instance {name}",
        (
            *("sql", "instances", "create", name, f"--region={region}"),
            *(f"--database-version={wanted['version']}", "--edition=ENTERPRISE", f"--tier={wanted['tier']}"),
            *(f"--database-flags={values}", "--ssl-mode=ENCRYPTED_ONLY", f"--project={project}"),
        ),
    )


def database(target: Target) -> Step:
    project, _, name = target.instance_path
    return Step(
        f"database {target.settings.db_name}",
        ("sql", "databases", "create", target.settings.db_name, f"--instance={name}", f"--project={project}"),
    )


def database_user(target: Target, function: str) -> Step:
    project, _, name = target.instance_path
    return Step(
        f"database user of {deployed(function)}",
        (
            *("sql", "users", "create", target.database_user(function), f"--instance={name}"),
            *("--type=cloud_iam_service_account", f"--project={project}"),
        ),
    )


def secret(target: Target, name: str) -> str:
    """The line that stores a secret. Without the newline that `echo` would add to it."""
    return f'printf %s "$VALUE" | gcloud secrets create {name} --data-file=- {_project(target)}'


def secret_version(target: Target, name: str) -> str:
    """The line that stores another value of a secret."""
    return f'printf %s "$VALUE" | gcloud secrets versions add {name} --data-file=- {_project(target)}'


def _project(target: Target) -> str:
    return f"--project={target.project}"
