"""`make demo ONCE=1`, as a newcomer starts it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.demo.questions import QUESTIONS

_SCRIPTED = "openai (the scripted model)"


@pytest.mark.parametrize(("options", "engine"), [([], "templates"), (["--model", "scripted"], _SCRIPTED)])
def test_the_demo_answers_every_question(tmp_path: Path, options: list[str], engine: str) -> None:
    clean = ("DATABASE", "DB_", "WOOCOMMERCE", "OPENAI", "EMBED", "TENDERO", "SHOP_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(clean)}
    done = subprocess.run(
        [sys.executable, "-m", "infra.local.demo", "--once", *options],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(question.text in done.stdout for question in QUESTIONS)
    assert f"by {engine}" in done.stdout
    assert re.search(r"\d+  products\n +\d+  variations\n", done.stdout)
    assert list(tmp_path.iterdir()) == []
