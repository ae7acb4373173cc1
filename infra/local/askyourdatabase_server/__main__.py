"""`python -m infra.local.askyourdatabase_server --port 8096`: serves until SIGTERM or Ctrl-C."""

from __future__ import annotations

import sys

from infra.local.askyourdatabase_server.server import AskYourDatabaseServer
from infra.local.stand_in import serve

if __name__ == "__main__":
    sys.exit(serve(AskYourDatabaseServer, "infra.local.askyourdatabase_server", 8096))
