"""`python -m infra.local.demo_shop`: the demo shop in a process of its own; ends on SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from infra.local.demo_shop.server import Server
from infra.local.demo_shop.shop import Shop


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.demo_shop", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free port (default 8081)")
    parser.add_argument(
        "--version", default="11.0.1", help="WooCommerce release to answer like (11.0.1, 9.4.2)"
    )
    parser.add_argument("--timezone", default="Europe/Madrid", help="the shop's time zone")
    parser.add_argument("--products", type=int, help="that many synthetic products instead of the catalogue")
    parser.add_argument("--seed", type=int, default=1, help="of the synthetic products")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds added to every API answer")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    given = _options(arguments)
    options = {"version": given.version, "zone": given.timezone, "latency": given.latency}
    if given.products is None:
        shop = Shop(**options)
    else:
        shop = Shop.generated(given.products, given.seed, **options)
    server = Server(given.host, given.port, shop)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        url = server.start()
    except OSError as e:
        print(
            f"port {given.port} of {given.host} cannot be used ({e.strerror}): choose another with --port",
            file=sys.stderr,
        )
        return 1
    print(f"{shop.name}: {url}  keys ck_demo_tendero / cs_demo_tendero", flush=True)
    ended.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
