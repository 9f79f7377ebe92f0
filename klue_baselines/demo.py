"""A program of the first release that has moved; see `klue_baselines.moved`."""

from klue_baselines.moved import go_on

if __name__ == "__main__":
    go_on("klue_baselines.demo")
