"""`python -m infra.local.demo [--once] [--model scripted]`."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

from infra.cli.environment import user_variables
from infra.local.demo.run import curl_line, run
from infra.local.demo.transcript import Transcript
from infra.local.stack import Options
from infra.local.state import STACKS, State
from infra.local.supervise import supervise
from tendero.platform import logs
from tendero.platform.errors import TenderoError
from tendero.platform.settings import Settings

_MODELS = ("scripted", "none")


def main() -> int:
    """Shows the product; the exit status: 0 when everything was as it has to be."""
    chosen = _parser().parse_args()
    if chosen.model not in (None, *_MODELS):
        print(f"MODEL={chosen.model}: it is {' or '.join(_MODELS)}.", file=sys.stderr)
        return 2
    logs.silence()
    folder = Path(tempfile.mkdtemp(prefix="tendero-demo-")) if chosen.once else (STACKS / "demo").absolute()
    try:
        _show(folder, once=chosen.once, model=chosen.model)
    except TenderoError as error:
        return _failed(str(error), folder)
    except Exception as error:
        if os.environ.get("TENDERO_DEBUG"):
            traceback.print_exc()
        return _failed(f"unexpected {type(error).__name__}: {error}. TENDERO_DEBUG=1 shows where.", folder)
    if chosen.once:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _show(folder: Path, *, once: bool, model: str | None) -> None:
    variables, _ = user_variables(None)
    # Its questions are about the demo shop, whatever shop the user has connected.
    options = Options(folder=folder, user=variables, port=0 if once else None, demo_shop=True, model=model)
    transcript = Transcript(
        "the scripted model" if model == "scripted" else Settings.load(variables).openai_model
    )
    transcript.step("Starting the local stack …")

    def ready(state: State) -> str | None:
        run(state, variables, transcript)
        if once:
            return None
        transcript.next_steps(state, curl_line(state))
        return "ready"

    supervise(options, ready, fresh=True)


def _failed(reason: str, folder: Path) -> int:
    print(f"The demo failed: {reason}\nLogs: {folder / 'logs'}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.local.demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="stop everything after the transcript")
    parser.add_argument("--model", help="scripted: a model without a key; none: templates only")
    return parser


if __name__ == "__main__":
    sys.exit(main())
