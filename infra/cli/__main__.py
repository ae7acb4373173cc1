"""`tendero` and `python -m infra.cli`."""

from infra.cli.interrupted import quietly


def main() -> None:
    with quietly():
        from infra.cli.main import main as command

        command()


if __name__ == "__main__":
    main()
