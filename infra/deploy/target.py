"""What is deployed where: the shop's settings, laid out over one project and region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from infra.deploy.shape import Function, shape
from tendero.catalog.sources import configured
from tendero.platform.errors import SettingsError
from tendero.platform.settings import Settings

# Set by the deployment itself, or meant for this machine only.
_OWN = frozenset(
    (
        "environment",
        "gcp_project_id",
        "secret_names",
        "db_user",
        "tasks_location",
        "tasks_service_account",
        "embed_url",
        "sync_url",
        "reply_url",
        "cloud_tasks_emulator_host",
    )
)
_OF_SOURCES = {"woocommerce": ("WOOCOMMERCE_KEY", "WOOCOMMERCE_SECRET")}
# A setting that says that the shop uses a service, and the secrets that come with it.
_OF_SERVICES = {
    "twilio_account_sid": ("TWILIO_AUTH_TOKEN",),
    "chatwoot_base_url": ("CHATWOOT_API_TOKEN",),
    "whatsapp_phone_number_id": ("WHATSAPP_TOKEN", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN"),
    "askyourdatabase_chat_id": ("ASKYOURDATABASE_API_KEY",),
}
_OF_OWN_LOGIN = ("DATABASE_URL", "DB_PASSWORD")


@dataclass(frozen=True)
class Target:
    """`variables` are those that the shop set; what functions need of them is handed on.

    A variable that is secret is never handed on: its name says which secret has to be in Secret Manager.
    """

    settings: Settings
    variables: Mapping[str, str]
    runtime: str = ""

    def __post_init__(self) -> None:
        """Raises SettingsError for what nothing can be planned without."""
        if not self.project:
            raise SettingsError("Set GCP_PROJECT_ID to the project that the functions are to run in.")
        if not self.instance_path:
            return
        if len(self.instance_path) != 3 or not all(self.instance_path):
            raise SettingsError(
                f"CLOUD_SQL_INSTANCE={self.settings.cloud_sql_instance}: write project:region:instance."
            )

    @property
    def project(self) -> str:
        return self.settings.gcp_project_id

    @property
    def region(self) -> str:
        return self.settings.tasks_location

    @property
    def python(self) -> str:
        """The runtime, e.g. `python312`."""
        return self.runtime or shape().runtime

    @property
    def instance_path(self) -> tuple[str, ...]:
        """Project, region and name of the Cloud SQL instance; empty for a database elsewhere."""
        return tuple(self.settings.cloud_sql_instance.split(":")) if self.settings.cloud_sql_instance else ()

    @property
    def iam_login(self) -> bool:
        """Whether the functions log in to Cloud SQL as themselves, without a password."""
        return bool(self.instance_path) and "DB_PASSWORD" not in self.settings.secret_names

    @property
    def caller(self) -> str:
        """The account whose identity the tasks and the schedule carry."""
        return self.account("tasks")

    def account(self, name: str) -> str:
        return f"{deployed(name)}@{self.project}.iam.gserviceaccount.com"

    def database_user(self, function: str) -> str:
        """The database user of a function's account.

        Source: https://cloud.google.com/sql/docs/postgres/iam-logins (without .gserviceaccount.com).
        """
        return self.account(function).removesuffix(".gserviceaccount.com")

    def queue(self, name: str) -> str:
        return str(getattr(self.settings, f"{name}_queue"))

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Raises SettingsError when there is no source."""
        listed = self.settings.secret_names
        if "COURSES_DATABASE_URL" in listed and not self.settings.sources:
            return tuple(configured(Settings.load({**self.variables, "COURSES_DATABASE_URL": "a secret"})))
        return configured(self.settings)

    @cached_property
    def secrets(self) -> tuple[str, ...]:
        """The secrets that have to be in Secret Manager, in the order of the settings."""
        needed = {*self.settings.secret_names, "DIALOGFLOW_WEBHOOK_SECRET"}
        for source in self.sources:
            needed |= set(_OF_SOURCES.get(source, ()))
        for setting, names in _OF_SERVICES.items():
            needed |= set(names) if self._is_set(setting) else set()
        if self._is_set("chatwoot_base_url") and "CHATWOOT_URL_TOKEN" not in needed:
            needed.add("CHATWOOT_WEBHOOK_SECRET")
        if "odoo" in self.sources:
            needed.add("ODOO_TEST_PASSWORD" if self.settings.use_test_odoo else "ODOO_PROD_PASSWORD")
        if self.settings.embedder == "openai":
            needed.add("OPENAI_API_KEY")
        if not self.instance_path:
            needed.add("DB_PASSWORD" if self.settings.db_host else "DATABASE_URL")
        own = [each.name for each in fields(Settings) if each.metadata["secret"] and self._is_set(each.name)]
        needed |= {name.upper() for name in own} - set(_OF_OWN_LOGIN)
        return tuple(each.name.upper() for each in fields(Settings) if each.name.upper() in needed)

    def secrets_of(self, function: Function) -> tuple[str, ...]:
        return tuple(name for name in self.secrets if name in function.secrets)

    def environment(self, function: Function, addresses: Mapping[str, str]) -> dict[str, str]:
        """The variables of a function; `addresses` are those of other functions, by name."""
        found = {
            "GCP_PROJECT_ID": self.project,
            "TASKS_LOCATION": self.region,
            "SECRET_NAMES": ",".join(self.secrets_of(function)),
            **function.environment,
        }
        if self.iam_login:
            found["DB_USER"] = self.database_user(function.name)
        elif self._is_set("db_user"):
            found["DB_USER"] = self.settings.db_user
        for name in function.addresses:
            found["TASKS_SERVICE_ACCOUNT"] = self.caller
            if name in addresses:
                found[f"{name.upper()}_URL"] = addresses[name]
        return {**self._handed_on(), **found}

    def _handed_on(self) -> dict[str, str]:
        return {
            each.name.upper(): self._text(each)
            for each in fields(Settings)
            if self._is_set(each.name) and not each.metadata["secret"] and each.name not in _OWN
        }

    def _is_set(self, name: str) -> bool:
        declared = next(each for each in fields(Settings) if each.name == name)
        return bool(self._text(declared))

    def _text(self, declared: Any) -> str:
        names = (declared.name.upper(), *declared.metadata["also"])
        return next((text for name in names if (text := self.variables.get(name, "").strip())), "")


def deployed(name: str) -> str:
    """The name under which a function, an account or the schedule stands in the project."""
    return f"tendero-{name}"
