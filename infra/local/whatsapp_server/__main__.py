"""`python -m infra.local.whatsapp_server --port 8086`: serves until SIGTERM or Ctrl-C."""

from __future__ import annotations

import sys

from infra.local.stand_in import serve
from infra.local.whatsapp_server.server import Server

if __name__ == "__main__":
    sys.exit(serve(Server, "infra.local.whatsapp_server", 8086))
