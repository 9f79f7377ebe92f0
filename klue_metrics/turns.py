"""The user turns of a dialogue, each of which is scored."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .gold import row_guid

USER = "user"


class UserTurn(NamedTuple):
    """A user turn of a dialogue.

    Attributes:
        guid: the key of the prediction file, "<dialogue>-<n>" with n from 0.
        history: (role, text) of all turns so far, this one among them.
        state: the entries that hold after it; empty where the row has no states.
    """

    guid: str
    history: tuple[tuple[str, str], ...]
    state: list[str]


def user_turns(row: Mapping[str, Any]) -> Iterator[UserTurn]:
    """Yield the user turns of a wos row.

    >>> said = [{"role": "user", "text": "안녕"}, {"role": "sys", "text": "네"}]
    >>> [turn.guid for turn in user_turns({"guid": "wos-v1_dev_00000", "dialogue": said})]
    ['wos-v1_dev_00000-0']
    """
    guid = row_guid(row)
    history: tuple[tuple[str, str], ...] = ()
    number = 0
    for turn in row["dialogue"]:
        history = (*history, (turn["role"], turn["text"]))
        if turn["role"] != USER:
            continue
        yield UserTurn(f"{guid}-{number}", history, list(turn.get("state") or ()))
        number += 1
