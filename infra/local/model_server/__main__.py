"""`python -m infra.local.model_server --port 8082`: serves until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from infra.local.model_server.server import ModelServer


def main() -> int:
    """Serve until told to end. Returns the exit status: 1 when the address cannot be used."""
    parser = argparse.ArgumentParser(prog="model_server", description="Scripted OpenAI-compatible server")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8082, help="port to listen on; 0 takes a free one")
    parser.add_argument("--api-key", default=None, help="the only key accepted; without it any key is")
    options = parser.parse_args()

    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    server = ModelServer(host=options.host, port=options.port, api_key=options.api_key)
    try:
        base_url = server.start()
    except OSError as problem:
        print(
            f"Cannot listen on {options.host}:{options.port} ({problem.strerror}): choose another --port",
            file=sys.stderr,
        )
        return 1
    print(f"Model server: {base_url}", flush=True)
    ended.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
