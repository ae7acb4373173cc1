"""Passwords and keys: from the environment, from mounted files, or from Google Secret Manager."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from tendero.platform.crc32c import crc32c
from tendero.platform.errors import SecretError
from tendero.platform.logs import logger
from tendero.platform.masking import hide
from tendero.platform.secret_manager import SecretManager
from tendero.platform.settings import Settings

_log = logger("secrets")
_CALL_SECONDS = 2.0
# What was absent or failed is asked for again sooner than a value that was read.
_SHORT_TTL_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Kept:
    value: str
    until: float
    error: SecretError | None = None


class Secrets:
    """Reads the settings marked as secret and keeps each for `settings.secret_ttl_seconds`.

    A value in the settings wins; then the file that the environment variable `<NAME>_FILE` names; then,
    outside `local_machine` and with a project, the version `latest` of the secret `<NAME>` in Secret Manager.
    Where `settings.secret_names` lists some, the others are empty without asking: a function needs no right
    to read, and loses no time over, what it does not use.
    `client_factory` gives what has `SecretManager.access_secret_version`; `clock` gives seconds and never
    goes back.
    """

    def __init__(
        self,
        settings: Settings,
        client_factory: Callable[[], Any] | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._factory = client_factory or SecretManager
        self._environment = os.environ if environment is None else environment
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()
        self._opened: Any = None

    def get(self, name: str) -> str:
        """The value of a setting such as `openai_api_key`, or "" when nothing holds one.

        Raises SecretError when the place that should hold it cannot be read and no older value is known.
        """
        given = str(getattr(self._settings, name))
        if given:
            return given
        kept = self._kept.get(name)
        if kept is None or self._is_due(name):
            if kept and kept.value:
                # One thread asks; the others go on with the old value meanwhile.
                self._kept[name] = replace(kept, until=self._clock() + _CALL_SECONDS)
            kept = self._kept[name] = self._renewed(name, kept)
        if kept.error:
            raise SecretError(str(kept.error)) from kept.error
        return kept.value

    def resolve(self, settings: Settings) -> Settings:
        """The settings with every secret filled in; one that cannot be read stays empty and is logged.

        Secrets that guard a door must be taken from `get`, which raises in that case. Cheap while the
        values are kept, so that it may be asked at every request.
        """
        names = [each.name for each in fields(Settings) if each.metadata["secret"]]
        empty = [name for name in names if not getattr(settings, name)]
        due = [name for name in empty if self._is_due(name)]
        if len(due) > 1 and self._from_manager:
            with ThreadPoolExecutor(len(due), thread_name_prefix="secrets") as threads:
                list(threads.map(self._or_empty, due))
        found: dict[str, Any] = {name: self._or_empty(name) for name in empty}
        return replace(settings, **found)

    @property
    def _from_manager(self) -> bool:
        return bool(self._settings.gcp_project_id) and self._settings.environment != "local_machine"

    def _is_due(self, name: str) -> bool:
        kept = self._kept.get(name)
        return kept is None or kept.until <= self._clock()

    def _or_empty(self, name: str) -> str:
        try:
            return self.get(name)
        except SecretError:
            return ""

    def _renewed(self, name: str, old: _Kept | None) -> _Kept:
        try:
            value = self._read(name.upper())
        except SecretError as error:
            until = self._clock() + min(_SHORT_TTL_SECONDS, self._settings.secret_ttl_seconds)
            if old is None or not old.value:
                _log.warning("a secret cannot be read", secret_name=name.upper(), reason=str(error))
                return _Kept("", until, error)
            _log.warning("a secret cannot be read again: the old value is used", reason=str(error))
            return _Kept(old.value, until)
        hide([value])
        ttl: float = self._settings.secret_ttl_seconds
        return _Kept(value, self._clock() + (ttl if value else min(ttl, _SHORT_TTL_SECONDS)))

    def _read(self, variable: str) -> str:
        path = self._environment.get(f"{variable}_FILE", "").strip()
        if path:
            try:
                return _stripped(Path(path).read_bytes(), variable)
            except OSError as error:
                raise SecretError(f"{variable}_FILE={path} cannot be read: {error.strerror}.") from error
        listed = self._settings.secret_names
        asked = self._from_manager and (not listed or variable in listed)
        return self._access(variable) if asked else ""

    def _access(self, variable: str) -> str:
        name = f"projects/{self._settings.gcp_project_id}/secrets/{variable}/versions/latest"
        try:
            payload = self._manager().access_secret_version(name=name, timeout=_CALL_SECONDS).payload
        except Exception as error:
            return _without(name, variable, error)
        if payload.data_crc32c and payload.data_crc32c != crc32c(payload.data):
            raise SecretError(f"{name} arrived damaged: its checksum does not fit.")
        return _stripped(payload.data, variable)

    def _manager(self) -> Any:
        with self._lock:
            if self._opened is None:
                self._opened = self._factory()
            return self._opened


def _without(name: str, variable: str, error: Exception) -> str:
    """What to go on with when Secret Manager does not give a secret: "" for one that is not there.

    Raises SecretError for any other reason.
    """
    from google.api_core import exceptions

    if isinstance(error, exceptions.NotFound):
        return ""
    if isinstance(error, exceptions.PermissionDenied):
        raise SecretError(
            f"No permission to read {name}. Grant roles/secretmanager.secretAccessor on the secret"
            f" to this function's service account, or set {variable}."
        ) from error
    if isinstance(error, exceptions.GoogleAPICallError):
        raise SecretError(f"Secret Manager does not give {name}: {error.message}") from error
    raise SecretError(f"Secret Manager cannot be used: {error}") from error


def _stripped(data: bytes, variable: str) -> str:
    """Secrets made with `echo` end with a newline."""
    try:
        return data.decode().strip("\r\n")
    except UnicodeDecodeError as error:
        raise SecretError(f"The secret {variable} is not text in UTF-8.") from error
