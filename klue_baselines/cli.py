"""A program of the first release that has moved; see `klue_baselines.moved`."""

from klue_baselines.moved import go_on


def main() -> None:
    """Go on: what the `klue` of an older editable install calls."""
    go_on("klue_baselines.cli")


if __name__ == "__main__":
    main()
