"""`python -m infra.local.demo_odoo`: the demo Odoo in a process of its own; ends on SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from infra.local.demo_odoo.accounts import SYNC
from infra.local.demo_odoo.odoo import Odoo
from infra.local.demo_odoo.server import Server


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.demo_odoo", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8069, help="0 takes a free port (default 8069)")
    parser.add_argument("--version", default="19.0", help="Odoo release to answer like (16.0 to 19.0)")
    parser.add_argument("--database", default="demo")
    parser.add_argument("--no-stock", action="store_true", help="without the app Inventory")
    parser.add_argument("--website", action="store_true", help="with the app eCommerce")
    parser.add_argument("--products", type=int, help="that many synthetic products instead of the catalogue")
    parser.add_argument("--seed", type=int, default=1, help="of the synthetic products")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds added to every answer")
    return parser.parse_args(arguments)


def _odoo(given: argparse.Namespace) -> Odoo:
    options = {
        "database": given.database,
        "stock": not given.no_stock,
        "website": given.website,
        "latency": given.latency,
    }
    if given.products is None:
        return Odoo.demo(given.version, **options)
    return Odoo.generated(given.products, given.seed, given.version, **options)


def main(arguments: list[str] | None = None) -> int:
    given = _options(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        server = Server(given.host, given.port, _odoo(given))
        url = server.start()
    except ValueError as e:
        print(e, file=sys.stderr)
        return 1
    except OSError as e:
        print(
            f"port {given.port} of {given.host} cannot be used ({e.strerror}): choose another with --port",
            file=sys.stderr,
        )
        return 1
    key = next(key.key for key in server.odoo.keys if key.uid == SYNC.uid)
    print(
        f"Odoo {given.version}: {url}  database {given.database}, login {SYNC.login}, key {key}", flush=True
    )
    ended.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
