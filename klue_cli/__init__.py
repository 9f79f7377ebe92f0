"""The `klue` command: the one place above all rooms. Commands print, rooms return."""
