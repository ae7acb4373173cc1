"""`python -m infra.local.chatwoot_server`: Chatwoot's stand-in in a process of its own."""

from __future__ import annotations

import sys

from infra.local.chatwoot_server.server import Server
from infra.local.stand_in import serve

if __name__ == "__main__":
    sys.exit(serve(Server, "infra.local.chatwoot_server", 8093))
