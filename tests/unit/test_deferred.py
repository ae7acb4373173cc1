"""A package whose own code may wait."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tendero.platform.deferred import defer

HEAD = "import sys\nfrom tendero.platform.deferred import defer\n"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package `parcel` that says when its own code runs, and imports its own modules as Google's do."""
    folder = tmp_path / "parcel"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "print('ran')\nfrom .client import CLIENT\nfrom .types import MESSAGE\n"
    )
    (folder / "client.py").write_text("from parcel import version\nCLIENT = version.NUMBER\n")
    (folder / "version.py").write_text("NUMBER = 7\n")
    (folder / "types.py").write_text("MESSAGE = 'm'\n")
    return tmp_path


def said(package: Path, code: str) -> str:
    """What a fresh interpreter prints."""
    path = f"{package}:{Path(__file__).parents[2] / 'shared'}"
    run = subprocess.run(
        [sys.executable, "-c", HEAD + code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": path},
    )
    return run.stdout.strip()


def test_a_module_inside_is_imported_without_the_packages_code(package: Path) -> None:
    assert said(package, "defer('parcel')\nfrom parcel.types import MESSAGE\nprint(MESSAGE)") == "m"


def test_the_packages_code_runs_once_when_one_of_its_names_is_asked_for(package: Path) -> None:
    code = "defer('parcel')\nimport parcel, parcel.types\nprint(parcel.CLIENT, parcel.CLIENT, parcel.MESSAGE)"
    assert said(package, code) == "ran\n7 7 m"


def test_a_package_that_is_loaded_already_stays_as_it_is(package: Path) -> None:
    assert (
        said(package, "import parcel\ndefer('parcel')\nprint(sys.modules['parcel'] is parcel)") == "ran\nTrue"
    )


def test_a_name_that_it_does_not_have_is_an_attribute_error(package: Path) -> None:
    assert said(package, "defer('parcel')\nimport parcel\nprint(hasattr(parcel, 'other'))") == "ran\nFalse"


def test_threads_see_the_package_whole(package: Path) -> None:
    slow = package / "parcel" / "__init__.py"
    slow.write_text("import time\ntime.sleep(0.05)\n" + slow.read_text())
    code = (
        "from concurrent.futures import ThreadPoolExecutor\ndefer('parcel')\nimport parcel\n"
        "with ThreadPoolExecutor(8) as threads:\n"
        "    print(set(threads.map(lambda _: parcel.MESSAGE, range(8))))"
    )
    assert said(package, code) == "ran\n{'m'}"


def test_a_package_that_is_none_is_refused() -> None:
    with pytest.raises(ImportError, match="no package tendero_absent"):
        defer("tendero_absent")


def test_creating_a_task_loads_none_of_the_clients(package: Path) -> None:
    code = (
        "from tendero.platform.cloud_tasks import CloudTasks\n"
        "try: CloudTasks('127.0.0.1:1').create('projects/p/locations/l/queues/q', {}, 0.2)\n"
        "except Exception as error: print(type(error).__name__)\n"
        "print([name for name in sys.modules if name.startswith('google.cloud.tasks_v2.services')])\n"
        "print(CloudTasks('127.0.0.1:1').client().__class__.__name__)"
    )
    unavailable, clients, client = said(package, code).splitlines()
    assert unavailable in ("ServiceUnavailable", "DeadlineExceeded")
    assert (clients, client) == ("[]", "CloudTasksClient")
