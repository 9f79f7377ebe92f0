"""Run the command: `python -m klue_cli`, as a launcher of several processes needs it."""

from .app import main

if __name__ == "__main__":
    main()
