"""The settings of every function: where it runs, and its database."""

from __future__ import annotations

from dataclasses import dataclass

from tendero.platform.variables import variable


@dataclass(frozen=True, kw_only=True)
class GeneralSettings:
    """See `tendero.platform.settings.Settings`."""

    environment: str = variable(
        "Where this runs. Outside `local_machine`, secrets that are not in the environment are read from"
        " Secret Manager.",
        "production",
        group="General",
    )
    gcp_project_id: str = variable(
        "Google Cloud project of the secrets and queues.", "", group="General", also=("GOOGLE_CLOUD_PROJECT",)
    )
    shop_id: str = variable("The shop that this deployment serves.", "default", group="General")
    shop_name: str = variable("How the assistant calls the shop.", "", group="General")
    shop_languages: tuple[str, ...] = variable(
        "Languages the shop answers in; the first is used when a message shows none.",
        ("es", "en", "pt"),
        group="General",
        choices=("es", "en", "pt"),
    )
    log_level: str = variable(
        "Least severity that is logged.",
        "INFO",
        group="General",
        choices=("DEBUG", "INFO", "WARNING", "ERROR"),
    )
    secret_ttl_seconds: int = variable(
        "How long a secret read from Secret Manager is kept before it is read again.",
        300,
        group="General",
        at_least=1,
    )
    secret_names: tuple[str, ...] = variable(
        "Secrets that Secret Manager is asked for (`OPENAI_API_KEY,WOOCOMMERCE_KEY`). Empty: all of them.",
        (),
        group="General",
    )

    database_url: str = variable(
        "`postgresql://user:password@host:port/name`; a query `?host=/path` names a socket folder."
        " Wins over the parts below.",
        "",
        group="Database",
        secret=True,
    )
    db_host: str = variable(
        "Host, or the folder of the Unix socket.", "", group="Database", also=("DATABASE_HOST",)
    )
    db_port: int = variable(
        "Port.", 5432, group="Database", also=("DATABASE_PORT",), at_least=1, at_most=65535
    )
    db_name: str = variable("Database.", "tendero", group="Database", also=("DATABASE_NAME",))
    db_user: str = variable("User.", "tendero", group="Database", also=("DATABASE_USER",))
    db_password: str = variable("Password.", "", group="Database", also=("DATABASE_PASSWORD",), secret=True)
    db_sslmode: str = variable(
        "TLS towards `DB_HOST`: `require` encrypts, `verify-full` also checks the certificate.",
        "prefer",
        group="Database",
        choices=("disable", "prefer", "require", "verify-full"),
    )
    cloud_sql_instance: str = variable(
        "`project:region:instance`: connect through the Cloud SQL connector with IAM login as `DB_USER`.",
        "",
        group="Database",
    )
    cloud_sql_ip_type: str = variable(
        "Address of the instance that the connector uses.",
        "PUBLIC",
        group="Database",
        choices=("PUBLIC", "PRIVATE", "PSC"),
    )
    db_pool_size: int = variable(
        "Connections that one instance of a function holds at most.", 5, group="Database", at_least=1
    )
    db_connect_seconds: float = variable(
        "Longest wait for a new connection.", 3.0, group="Database", at_least=0.1
    )
