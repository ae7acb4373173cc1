"""`python -m infra.local.twilio_server`: Twilio's stand-in in a process of its own."""

from __future__ import annotations

import sys

from infra.local.stand_in import serve
from infra.local.twilio_server.server import Server

if __name__ == "__main__":
    sys.exit(serve(Server, "infra.local.twilio_server", 8085))
