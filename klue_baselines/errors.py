"""The exceptions that this package raises on purpose."""


class InputError(ValueError):
    """Something that came from outside is wrong: a model folder, a setting, a text.

    The message is one line that says where, what was found and what was expected. The command
    line prints it and ends with exit code 2.
    """


class RunError(RuntimeError):
    """A run that began well cannot go on: its loss is no number, the disk is full.

    The message is one line that says where, and what to do. The command line prints it and ends
    with exit code 1.
    """
