"""`python -m infra.local.tasks_server --port 8123 --queue projects/P/locations/L/queues/Q`"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading


def main() -> int:
    """Serve until SIGTERM or SIGINT; gives the exit status: 0, or 1 when it cannot start."""
    options = _parser().parse_args()
    # gRPC's own log would say again what a ServerError says; it reads this when it is imported.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from infra.local.tasks_server.server import Server, ServerError

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    server = Server(options.host, options.port, queues=options.queue)
    try:
        port = server.start()
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"tasks server on {server.host}:{port}", flush=True)
    stop.wait()
    server.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.local.tasks_server",
        description="A Cloud Tasks server for this machine. Pending tasks are lost when it stops.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8123, help="0 takes a free one (default: %(default)s)")
    parser.add_argument(
        "--queue",
        action="append",
        default=[],
        metavar="NAME",
        help="queue to create, projects/P/locations/L/queues/Q; may be given several times",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
