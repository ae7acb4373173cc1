"""What can be checked in the project, reading only: each missing thing with the command that makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from infra.cli.checks.check import Check, fail, ok, warn
from infra.deploy import gcloud, setup
from infra.deploy.gcloud import GcloudError
from infra.deploy.plan import Standing
from infra.deploy.shape import shape
from infra.deploy.step import Step
from infra.deploy.target import Target, deployed

NOT_CHECKED = (
    "whether the functions' database users have the rights they need (`tendero deploy --grants` gives them)",
    "whether the shop, the model and the database answer from Google's network",
    "whether the values of the secrets are right (`tendero doctor` tries them from here)",
    "what your own account may do: a step that it may not do stops the deployment and can be repeated",
    "quotas and organisation policies of the project",
)


def cloud_checks(target: Target) -> Iterator[Check]:
    """Ends where going on would only repeat the first failure."""
    for first in (_account, _project, _services):
        check = _tried(first, target)
        yield check
        if check.fix:
            return
    for look in (_accounts, _roles, _acting, _database, _database_users, _secrets, _queues, _functions):
        yield _tried(look, target)


def standing(target: Target) -> Standing:
    """What is there already of what a deployment makes. Raises GcloudError."""
    project, region = f"--project={target.project}", target.region
    functions = gcloud.read("functions", "list", "--v2", f"--regions={region}", project)
    names = {deployed(each.name): each.name for each in shape().functions}
    return Standing(
        queues=_names(gcloud.read("tasks", "queues", "list", f"--location={region}", project)),
        jobs=_names(gcloud.read("scheduler", "jobs", "list", f"--location={region}", project)),
        addresses={
            names[_last(each)]: each["serviceConfig"]["uri"]
            for each in functions or ()
            if _last(each) in names and each.get("serviceConfig", {}).get("uri")
        },
    )


def _tried(look: Callable[[Target], Check], target: Target) -> Check:
    try:
        return look(target)
    except GcloudError as error:
        name = look.__name__.strip("_").replace("_", " ")
        return fail(name, str(error), "Mend what gcloud says; you need the right to view it.")


def _account(target: Target) -> Check:
    if gcloud.installed() is None:
        return fail(
            "gcloud", "it is not on the path", "Install it: https://cloud.google.com/sdk/docs/install."
        )
    active = [each["account"] for each in gcloud.read("auth", "list", "--filter=status:ACTIVE") or ()]
    if not active:
        return fail("gcloud", "nobody is logged in", "Run `gcloud auth login`.")
    return ok("gcloud", f"logged in as {active[0]}")


def _project(target: Target) -> Check:
    try:
        found = gcloud.read("projects", "describe", target.project)
    except GcloudError as error:
        return fail("project", str(error), "Correct GCP_PROJECT_ID, or let its owner give you a role in it.")
    if found.get("lifecycleState") != "ACTIVE":
        return fail("project", f"{target.project} is {found.get('lifecycleState')}", "Use another project.")
    return ok("project", f"{target.project}, region {target.region}")


def _services(target: Target) -> Check:
    listed = gcloud.read("services", "list", "--enabled", f"--project={target.project}") or ()
    enabled = {each["config"]["name"] for each in listed}
    lacking = [each for each in shape().apis if each not in enabled]
    if lacking:
        return fail("services", f"not enabled: {', '.join(lacking)}", _run(setup.enable(target, lacking)))
    return ok("services", f"all {len(shape().apis)} are enabled")


def _accounts(target: Target) -> Check:
    listed = gcloud.read("iam", "service-accounts", "list", f"--project={target.project}") or ()
    there = {each["email"] for each in listed if not each.get("disabled")}
    lacking = [name for name in setup.accounts() if target.account(name) not in there]
    if lacking:
        names = ", ".join(map(deployed, lacking))
        return fail("accounts", f"missing: {names}", _run(*(setup.account(target, name) for name in lacking)))
    return ok("accounts", ", ".join(map(deployed, setup.accounts())))


def _roles(target: Target) -> Check:
    wanted = setup.roles(target)
    held = {
        (project, role, member)
        for project in {project for project, _, _ in wanted}
        for role, member in _held(gcloud.read("projects", "get-iam-policy", project))
    }
    lacking = [
        setup.role(target, project, name, role)
        for project, name, role in wanted
        if (project, role, f"serviceAccount:{target.account(name)}") not in held
    ]
    if lacking:
        return fail("roles", f"{len(lacking)} are missing in the project", _run(*lacking))
    return ok("roles", f"all {len(wanted)} that the accounts need in the project are given")


def _acting(target: Target) -> Check:
    policy = gcloud.read(
        "iam", "service-accounts", "get-iam-policy", target.caller, f"--project={target.project}"
    )
    held = _held(policy)
    lacking = [
        setup.act_as(target, name)
        for name in setup.ENQUEUING
        if (setup.ACT_AS, f"serviceAccount:{target.account(name)}") not in held
    ]
    if lacking:
        return fail("tasks", f"{len(lacking)} functions may not send them", _run(*lacking))
    return ok("tasks", f"carry the identity of {deployed('tasks')}")


def _database(target: Target) -> Check:
    if not target.instance_path:
        return ok("database", "not in Cloud SQL: not looked at")
    project, _, name = target.instance_path
    where = f"--project={project}"
    listed = {each["name"]: each for each in gcloud.read("sql", "instances", "list", where) or ()}
    if name not in listed:
        fix = _run(setup.instance(target), setup.database(target))
        return fail("database", f"there is no Cloud SQL instance {name}", fix)
    found = listed[name]
    if found.get("state") != "RUNNABLE":
        return fail("database", f"{name} is {found.get('state')}", "Start it, or wait until it is RUNNABLE.")
    databases = gcloud.read("sql", "databases", "list", f"--instance={name}", where)
    if target.settings.db_name not in _names(databases):
        fix = _run(setup.database(target))
        return fail("database", f"{name} has no database {target.settings.db_name}", fix)
    return _database_flags(target, found)


def _database_flags(target: Target, found: dict[str, Any]) -> Check:
    flags = {each["name"]: each["value"] for each in found.get("settings", {}).get("databaseFlags", ())}
    if target.iam_login and flags.get("cloudsql.iam_authentication") != "on":
        return fail(
            "database",
            "the instance takes no IAM logins",
            "Add the flag cloudsql.iam_authentication=on to those it has (`gcloud sql instances patch"
            " --database-flags` replaces all of them, and restarts it).",
        )
    needed = sum(each.max_instances for each in shape().functions) * target.settings.db_pool_size
    seen = f"{found['name']}, {found.get('databaseVersion')}; the functions hold {needed} connections at most"
    given = flags.get("max_connections", "")
    if not given.isdigit() or int(given) < needed:
        return warn(
            "database",
            f"{seen}, the flag max_connections is {given or 'not set (the tier decides)'}",
            "Set the flag to 100, take a larger tier, or lower DB_POOL_SIZE.",
        )
    return ok("database", f"{seen} of {given}")


def _database_users(target: Target) -> Check:
    if not target.iam_login:
        return ok("logins", "with a password: not looked at")
    project, _, name = target.instance_path
    listed = gcloud.read("sql", "users", "list", f"--instance={name}", f"--project={project}")
    there = {each["name"] for each in listed or () if each.get("type") == "CLOUD_IAM_SERVICE_ACCOUNT"}
    lacking = [each.name for each in shape().functions if target.database_user(each.name) not in there]
    if lacking:
        fix = _run(*(setup.database_user(target, each) for each in lacking))
        return fail("logins", f"the database has no user for {', '.join(map(deployed, lacking))}", fix)
    return ok("logins", "each function has a database user")


def _secrets(target: Target) -> Check:
    there = _names(gcloud.read("secrets", "list", f"--project={target.project}"))
    missing = [name for name in target.secrets if name not in there]
    if missing:
        lines = "\n".join(setup.secret(target, name) for name in missing)
        return fail("secrets", f"not in Secret Manager: {', '.join(missing)}", lines)
    # `latest` is the newest version even when it is disabled, and then nothing is read.
    unusable = [name for name in target.secrets if not _newest_is_enabled(target, name)]
    if unusable:
        lines = "\n".join(setup.secret_version(target, name) for name in unusable)
        return fail("secrets", f"the newest version is not enabled: {', '.join(unusable)}", lines)
    return ok("secrets", f"all {len(target.secrets)} are there")


def _newest_is_enabled(target: Target, name: str) -> bool:
    order = ("--sort-by=~createTime", "--limit=1")
    newest = gcloud.read("secrets", "versions", "list", name, *order, f"--project={target.project}")
    return bool(newest) and str(newest[0].get("state", "")).upper() == "ENABLED"


def _queues(target: Target) -> Check:
    listed = gcloud.read(
        "tasks", "queues", "list", f"--location={target.region}", f"--project={target.project}"
    )
    states = {_last(each): each.get("state", "") for each in listed or ()}
    wanted = [target.queue(each.name) for each in shape().queues]
    still = [name for name in wanted if states.get(name, "RUNNING") != "RUNNING"]
    if still:
        lines = [f"gcloud tasks queues resume {name} --location={target.region}" for name in still]
        return warn("queues", f"not running: {', '.join(still)}", "\n".join(lines))
    missing = [name for name in wanted if name not in states]
    return ok("queues", f"to be created: {', '.join(missing)}" if missing else ", ".join(wanted))


def _functions(target: Target) -> Check:
    there = standing(target)
    names = [each.name for each in shape().functions]
    new = [deployed(name) for name in names if name not in there.addresses]
    job = "" if deployed("sync") in there.jobs else "; the schedule is to be created"
    return ok("functions", (f"to be created: {', '.join(new)}" if new else "all are there") + job)


def _held(policy: Any) -> set[tuple[str, str]]:
    """Pairs of role and member."""
    bindings = (policy or {}).get("bindings", ())
    return {(each["role"], member) for each in bindings for member in each.get("members", ())}


def _names(listed: Iterable[dict[str, Any]] | None) -> frozenset[str]:
    return frozenset(_last(each) for each in listed or ())


def _last(resource: dict[str, Any]) -> str:
    """The last part of a resource's full name."""
    return str(resource["name"]).rsplit("/", 1)[-1]


def _run(*steps: Step) -> str:
    return "\n".join(each.shell for each in steps)
