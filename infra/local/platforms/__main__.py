"""`python -m infra.local.platforms --webhook URL twilio=8093 …`: these stand-ins, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from infra.local.platforms.chosen import PLATFORMS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.local.platforms", description=__doc__)
    parser.add_argument("--webhook", required=True, help="address of the function that is told what happens")
    parser.add_argument("platforms", nargs="+", metavar="NAME=PORT")
    given = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    servers = []
    for platform in given.platforms:
        name, _, port = platform.partition("=")
        servers.append(PLATFORMS[name].make(int(port), given.webhook))
    for server in servers:
        print(server.start(), flush=True)
    ended.wait()
    for server in servers:
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
