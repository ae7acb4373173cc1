"""Check and deployment against a stand-in for `gcloud`. Nothing here speaks to Google Cloud."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.build import ROOT
from infra.cli.checks.check import Check, Level
from infra.cli.main import run
from infra.deploy.apply import DeployError, apply
from infra.deploy.cloud_checks import cloud_checks, standing
from infra.deploy.grants import grant
from infra.deploy.plan import Standing, plan
from infra.deploy.setup import secret, setup
from infra.deploy.target import Target
from infra.local.demo_shop.shop import Shop
from tendero.platform.connect import Address, database
from tendero.platform.database import Database
from tendero.platform.errors import DatabaseError
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.gcloud import NAME, Project
from tests.integration.shop_sync import stage

Tendero = Callable[..., tuple[int, str, str]]

VARIABLES = {
    "GCP_PROJECT_ID": NAME,
    "CLOUD_SQL_INSTANCE": f"{NAME}:europe-west1:tendero",
    "WOOCOMMERCE_URL": "https://shop.example",
    "WOOCOMMERCE_KEY": "ck_never_shown",
    "SHOP_NAME": 'Acme, the "best"; $tore\'s ñ',
    "SECRET_NAMES": "OPENAI_API_KEY",
}
INSTANCE = {
    "name": "tendero",
    "state": "RUNNABLE",
    "databaseVersion": "POSTGRES_16",
    "settings": {"databaseFlags": [{"name": "cloudsql.iam_authentication", "value": "on"}]},
    "databases": [{"name": "tendero"}],
    "users": [],
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty project, of whose `gcloud` every command here makes use."""
    made = Project(tmp_path)
    monkeypatch.setenv("PATH", f"{made.bin}{os.pathsep}{os.environ['PATH']}")
    return made


@pytest.fixture
def target() -> Target:
    return Target(Settings.load(VARIABLES), VARIABLES)


@pytest.fixture(scope="module")
def after_setup(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a project holds after an operator ran what `--setup` prints."""
    made, target = Project(tmp_path_factory.mktemp("project")), Target(Settings.load(VARIABLES), VARIABLES)
    lines = [step.shell for step in setup(target)] + [secret(target, name) for name in target.secrets]
    shell(f"PATH='{made.bin}':$PATH; set -e; VALUE=x", *lines)
    return made.state


@pytest.fixture
def prepared(project: Project, after_setup: dict[str, Any]) -> Project:
    project.change(**after_setup)
    return project


def shell(*lines: str) -> None:
    subprocess.run(["bash", "-c", "\n".join(lines)], check=True, capture_output=True, cwd=ROOT)


def deploy(target: Target) -> list[str]:
    told: list[str] = []
    apply(plan(target, standing(target)), told.append)
    return told


def failures(target: Target) -> list[Check]:
    return [each for each in cloud_checks(target) if each.level is not Level.OK]


def only(target: Target) -> Check:
    (found,) = failures(target)
    return found


@pytest.fixture
def tendero(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Tendero:
    """Runs `tendero deploy` with the settings of this file; its exit status, stdout and stderr."""
    for name in Settings.__dataclass_fields__:
        monkeypatch.delenv(name.upper(), raising=False)
    (tmp_path / "production.env").write_text("\n".join(f"{k}={json.dumps(v)}" for k, v in VARIABLES.items()))

    def call(*options: str) -> tuple[int, str, str]:
        capfd.readouterr()
        status = run(["deploy", "--env-file", str(tmp_path / "production.env"), *options])
        told = capfd.readouterr()
        return status, told.out, told.err

    return call


def test_what_setup_prints_makes_the_check_pass(prepared: Project, target: Target) -> None:
    assert failures(target) == []
    assert prepared.written == []


def test_the_check_of_an_empty_project_ends_at_its_services(project: Project, target: Target) -> None:
    told = only(target)
    assert (told.name, "not enabled: artifactregistry" in told.seen) == ("services", True)
    assert told.fix.startswith("gcloud services enable artifactregistry.googleapis.com ")
    assert project.written == []


def test_nobody_logged_in_is_told(project: Project, target: Target) -> None:
    project.change(logged_in=[])
    assert only(target).fix == "Run `gcloud auth login`."


def test_a_machine_without_gcloud_is_told(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert "not on the path" in only(target).seen


def test_a_project_that_is_not_ones_own_is_told(prepared: Project, target: Target) -> None:
    prepared.change(project="another")
    assert (only(target).name, "no permission" in only(target).seen) == ("project", True)


def test_one_service_that_is_off_is_named_with_its_command(prepared: Project, target: Target) -> None:
    services = prepared.state["services"]
    prepared.change(services=[each for each in services if "cloudtasks" not in each])
    assert only(target).fix == f"gcloud services enable cloudtasks.googleapis.com --project={NAME}"


def test_each_missing_thing_is_told_with_the_command_that_makes_it(prepared: Project, target: Target) -> None:
    state = prepared.state
    prepared.change(
        accounts=[each for each in state["accounts"] if "-webhook" not in each],
        policies={},
        instances={"tendero": INSTANCE},
        secrets={name: "ENABLED" for name in state["secrets"] if name != "WOOCOMMERCE_KEY"},
    )
    told = {each.name: each.fix for each in failures(target)}
    assert told["accounts"] == f"gcloud iam service-accounts create tendero-webhook --project={NAME}"
    assert "--role=roles/cloudsql.client" in told["roles"]
    assert "roles/iam.serviceAccountUser" in told["tasks"]
    assert "max_connections" in told["database"] or "flag" in told["database"]
    assert "gcloud sql users create tendero-sync@acme-shop.iam --instance=tendero" in told["logins"]
    assert told["secrets"].startswith('printf %s "$VALUE" | gcloud secrets create WOOCOMMERCE_KEY ')
    assert prepared.written == []


def test_a_database_that_is_absent_or_takes_no_iam_login_is_told(prepared: Project, target: Target) -> None:
    prepared.change(instances={})
    assert "gcloud sql instances create tendero --region=europe-west1" in failures(target)[0].fix
    flags = {"databaseFlags": [{"name": "max_connections", "value": "100"}]}
    prepared.change(instances={"tendero": {**INSTANCE, "settings": flags}})
    assert "IAM" in failures(target)[0].seen


def test_a_secret_whose_newest_version_is_disabled_is_told(prepared: Project, target: Target) -> None:
    prepared.change(secrets={**prepared.state["secrets"], "OPENAI_API_KEY": "DISABLED"})
    assert only(target).seen == "the newest version is not enabled: OPENAI_API_KEY"
    assert "gcloud secrets versions add OPENAI_API_KEY" in only(target).fix


def test_a_paused_queue_is_told(prepared: Project, target: Target) -> None:
    prepared.change(queues={"tendero-embed": {"state": "PAUSED"}})
    assert only(target).fix == "gcloud tasks queues resume tendero-embed --location=europe-west1"


def test_a_first_deployment_makes_everything_in_order(prepared: Project, target: Target) -> None:
    deploy(target)
    state, written = prepared.state, prepared.written
    assert [each for each in written if "binding" not in each] == [
        "tasks queues create tendero-embed",
        "tasks queues create tendero-reply",
        "tasks queues create tendero-sync",
        "functions deploy tendero-embed",
        "functions deploy tendero-sync",
        "functions deploy tendero-sync",
        "functions deploy tendero-reply",
        "functions deploy tendero-webhook",
        "scheduler jobs create http tendero-sync",
        "scheduler jobs create http tendero-reply",
    ]
    sync = "https://tendero-sync-hash-ew.a.run.app"
    told = {name: each["set-env-vars"] for name, each in state["functions"].items()}
    assert "EMBED_URL=https://tendero-embed-hash-ew.a.run.app" in told["tendero-sync"]
    assert f"SYNC_URL={sync}" in told["tendero-sync"]
    assert f"SYNC_URL={sync}" in told["tendero-webhook"]
    assert VARIABLES["SHOP_NAME"] in told["tendero-webhook"]
    job = state["jobs"]["tendero-sync"]["options"]
    assert (job["schedule"], job["uri"], job["oidc-token-audience"]) == ("0 */4 * * *", sync, sync)
    sweep = state["jobs"]["tendero-reply"]["options"]
    assert (sweep["schedule"], sweep["message-body"]) == ("*/5 * * * *", '{"sweep": true}')
    assert f"REPLY_URL={sweep['uri']}" in told["tendero-webhook"]
    assert state["functions"]["tendero-reply"]["source"] == "build/webhook"
    invoker = ["roles/run.invoker", f"serviceAccount:tendero-tasks@{NAME}.iam.gserviceaccount.com"]
    assert state["policies"]["functions tendero-embed"] == [invoker]
    assert state["policies"]["functions tendero-sync"] == [invoker]
    assert state["policies"]["functions tendero-reply"] == [invoker]
    assert "functions tendero-webhook" not in state["policies"]


def test_a_second_deployment_updates_what_is_there(prepared: Project, target: Target) -> None:
    deploy(target)
    first = prepared.state
    prepared.forget()
    deploy(target)
    assert [each for each in prepared.written if "binding" not in each] == [
        "tasks queues update tendero-embed",
        "tasks queues update tendero-reply",
        "tasks queues update tendero-sync",
        "functions deploy tendero-embed",
        "functions deploy tendero-sync",
        "functions deploy tendero-reply",
        "functions deploy tendero-webhook",
        "scheduler jobs update http tendero-sync",
        "scheduler jobs update http tendero-reply",
    ]
    assert prepared.state["functions"] == first["functions"]
    assert prepared.state["policies"] == first["policies"]


def test_a_deployment_that_stopped_goes_on(prepared: Project, target: Target) -> None:
    prepared.change(fails={"functions deploy tendero-sync": "Build failed"})
    with pytest.raises(
        DeployError, match=r"function tendero-sync: gcloud functions deploy .*run `tendero deploy` again"
    ):
        deploy(target)
    assert set(prepared.state["functions"]) == {"tendero-embed"}
    assert prepared.state["jobs"] == {}
    prepared.change(fails={})
    deploy(target)
    assert set(prepared.state["functions"]) == {
        "tendero-embed",
        "tendero-sync",
        "tendero-reply",
        "tendero-webhook",
    }
    assert set(prepared.state["jobs"]) == {"tendero-sync", "tendero-reply"}


def test_the_dry_run_as_a_script_does_what_a_deployment_does(prepared: Project, target: Target) -> None:
    before = prepared.file.read_text()
    shell("set -e", *(step.shell for step in plan(target, Standing())))
    by_script = prepared.state
    prepared.file.write_text(before)
    deploy(target)
    assert prepared.state == by_script


def test_the_command_checks_before_it_changes_anything(project: Project, tendero: Tendero) -> None:
    status, out, err = tendero("--quick")
    assert status == 1
    assert "fail  services" in out
    assert err == "Nothing was changed: services must be mended first.\n"
    assert project.written == []


def test_the_command_deploys_and_prints_what_to_enter_elsewhere(prepared: Project, tendero: Tendero) -> None:
    status, out, err = tendero("--quick")
    assert status == 0, out + err
    assert "Dialogflow's webhook: https://tendero-webhook-hash-ew.a.run.app" in out
    assert "  $ gcloud functions deploy tendero-webhook" in out
    assert "ck_never_shown" not in out + err + json.dumps(prepared.asked)


def test_a_dry_run_and_a_setup_run_nothing(project: Project, tendero: Tendero) -> None:
    for option in ("--dry-run", "--setup"):
        status, out, err = tendero(option)
        assert (status, err) == (0, "")
        assert "ck_never_shown" not in out
    assert project.asked == []


def test_a_check_in_json_says_what_it_could_not_look_at(project: Project, tendero: Tendero) -> None:
    status, out, _ = tendero("--check", "--quick", "--json")
    report = json.loads(out)
    assert status == 1
    assert [each["name"] for each in report["checks"] if each["level"] == "fail"] == ["services"]
    assert {each["name"] for each in report["checks"]} >= {"build/webhook", "schedule", "gcloud"}
    assert report["not_checked"]
    assert project.written == []


def test_without_a_project_the_command_says_what_to_set(
    tendero: Tendero, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "production.env").write_text("WOOCOMMERCE_URL=https://shop.example")
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)
    status, _, err = tendero("--check")
    assert (status, "Set GCP_PROJECT_ID" in err) == (1, True)


def test_the_functions_users_may_write_rows_and_nothing_else(database_url: str, db: Database) -> None:
    user = f"tendero-sync@{database_url.rpartition('/')[2].partition('?')[0]}.iam"
    with db.transaction() as transaction:
        transaction.execute(Query.parse("user", f'create user "{user}"'))
    owner = Settings.load({"DATABASE_URL": database_url})
    assert grant(owner, [user]) >= 10
    address = Address.of(owner)
    given = replace(owner, database_url="", db_host=address.host, db_port=address.port, db_user=user)
    granted = database(replace(given, db_name=address.database))
    with stage(granted, Shop()) as shop:
        assert shop.sync().inserted > 200
        assert shop.sync(full=True).inserted == 0
    with pytest.raises(DatabaseError, match="owner"):
        granted.execute(Query.parse("drop", "drop table products"))
    granted.close()


def test_a_user_that_is_not_there_is_told(database_url: str) -> None:
    with pytest.raises(DatabaseError, match="no user tendero-sync@x"):
        grant(Settings.load({"DATABASE_URL": database_url}), ["tendero-sync@x.iam"])
