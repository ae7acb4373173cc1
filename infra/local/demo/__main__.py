"""`python -m infra.local.demo` is what `make demo` runs."""

import sys

from infra.cli.interrupted import quietly

with quietly():
    from infra.local.demo.command import main

    sys.exit(main())
