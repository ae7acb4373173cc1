"""`tendero deploy`: brings the functions, queues and schedule of a shop into its Google Cloud project."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.checks.check import Check, Level
from infra.cli.console import console, sentence
from infra.cli.environment import EnvFile, Json, user_variables
from tendero.platform.errors import SettingsError
from tendero.platform.settings import Settings

if TYPE_CHECKING:
    from infra.deploy.target import Target

CheckOnly = Annotated[bool, typer.Option("--check", help="Only look whether a deployment would work.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print every command of a first one, run none.")]
Setup = Annotated[bool, typer.Option("--setup", help="Print the commands for what must exist once.")]
Grants = Annotated[bool, typer.Option("--grants", help="Give the functions their rights in the database.")]
Quick = Annotated[
    bool, typer.Option("--quick", help="Import with the packages that are here, without installing any.")
]
Runtime = Annotated[str, typer.Option("--runtime", help="Python of the functions, e.g. python313.")]


def deploy(
    check: CheckOnly = False,
    dry_run: DryRun = False,
    setup: Setup = False,
    grants: Grants = False,
    quick: Quick = False,
    runtime: Runtime = "",
    as_json: Json = False,
    env_file: EnvFile = None,
) -> None:
    """Deploy to Google Cloud, with your own gcloud. Safe to repeat: it goes on where it stopped."""
    chosen = [name for name, wish in _modes(check, dry_run, setup, grants) if wish]
    if len(chosen) > 1:
        raise SettingsError(f"Take one of {', '.join(chosen)}.")
    if as_json and not check:
        raise SettingsError("--json goes with --check.")
    target = _target(env_file, runtime)
    if setup:
        _print_setup(target)
    elif grants:
        _grant(target)
    elif dry_run:
        _print_plan(target)
    elif check:
        _check(target, quick=quick, as_json=as_json)
    else:
        _deploy(target, quick=quick)


def _modes(check: bool, dry_run: bool, setup: bool, grants: bool) -> Iterator[tuple[str, bool]]:
    yield from (("--check", check), ("--dry-run", dry_run), ("--setup", setup), ("--grants", grants))


def _target(env_file: Path | None, runtime: str) -> Target:
    from infra.deploy.target import Target

    variables, _ = user_variables(env_file)
    return Target(Settings.load(variables), variables, runtime)


def _print_setup(target: Target) -> None:
    from infra.deploy.setup import secret, setup

    for step in setup(target):
        print(f"# {step.title}\n{step.shell}")
    for name in target.secrets:
        print(f"# secret {name}: {_meaning(name)}\n{secret(target, name)}")


def _print_plan(target: Target) -> None:
    from infra.deploy.plan import Standing, plan

    print("# A first deployment, from the repository's root after `make build`. Where something is there")
    print("# already, `tendero deploy` updates it instead.\nset -e")
    for step in plan(target, Standing()):
        print(f"# {step.title}\n{step.shell}")


def _grant(target: Target) -> None:
    from infra.deploy.grants import grant
    from infra.deploy.shape import shape
    from tendero.platform.secrets import Secrets

    users = [target.database_user(each.name) for each in shape().functions]
    given = Secrets(target.settings).resolve(target.settings)
    print(f"{grant(given, users)} rights given to {', '.join(users)}.")


def _check(target: Target, *, quick: bool, as_json: bool) -> None:
    from infra.deploy.cloud_checks import NOT_CHECKED

    seen = _look(target, quick=quick, tell=_silent if as_json else _show)
    if as_json:
        report = {"checks": [asdict(each) for each in seen], "not_checked": list(NOT_CHECKED)}
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        console().print("Not checked, because it cannot be from here:")
        for line in NOT_CHECKED:
            console().print(f"  - {line}")
    if _failed(seen):
        raise typer.Exit(1)


def _deploy(target: Target, *, quick: bool) -> None:
    from infra.deploy.apply import apply
    from infra.deploy.cloud_checks import standing
    from infra.deploy.plan import plan
    from tendero.channels import registry

    if failed := _failed(_look(target, quick=quick, tell=_show)):
        console(stderr=True).print(f"Nothing was changed: {', '.join(failed)} must be mended first.")
        raise typer.Exit(1)
    addresses = apply(plan(target, standing(target)), tell=partial(print, flush=True))
    print(f"Deployed. Dialogflow's webhook: {addresses['WEBHOOK_URL']}")
    if "woocommerce" in target.sources and "WOOCOMMERCE_WEBHOOK_SECRET" in target.secrets:
        print(f"WooCommerce's webhooks: {addresses['WEBHOOK_URL']}/woocommerce")
    for name in registry.wanted(target.settings):
        print(f"{name.capitalize()}'s webhook: {addresses['WEBHOOK_URL']}{registry.path(name)}")
    print("Run the first sync: gcloud scheduler jobs run tendero-sync", end=" ")
    print(f"--location={target.region} --project={target.project}")


def _look(target: Target, *, quick: bool, tell: Callable[[Check], None]) -> list[Check]:
    from infra.deploy.cloud_checks import cloud_checks
    from infra.deploy.local_checks import local_checks

    seen = []
    for look in (local_checks(target, quick=quick), cloud_checks(target)):
        for check in look:
            seen.append(check)
            tell(check)
    return seen


def _show(check: Check) -> None:
    from rich.text import Text

    line = Text(f"{check.level:<4}", style="bold red" if check.level is Level.FAIL else "default")
    line.append(f"  {check.name:<13}  {sentence(check.seen)}", style="default")
    console().print(line)
    for command in check.fix.splitlines():
        console().print(f"      → {command}")


def _silent(check: Check) -> None:
    return


def _failed(seen: list[Check]) -> list[str]:
    return [each.name for each in seen if each.level is Level.FAIL]


def _meaning(secret: str) -> str:
    return next(
        sentence(each.metadata["meaning"]) for each in fields(Settings) if each.name.upper() == secret
    )
