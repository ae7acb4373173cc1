"""`python -m infra.cli` is the command `tendero`."""

from infra.cli.main import main

main()
