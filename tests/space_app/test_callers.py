"""Which address a request is counted for."""

from __future__ import annotations

import pytest

from klue_common.errors import InputError
from space_app.callers import address_of, networks_of
from space_app.settings import Settings

PROXIES = networks_of(["10.0.0.0/8", "fd00::/8"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("9.9.9.9", "", "9.9.9.9"),
        ("9.9.9.9", "1.1.1.1", "9.9.9.9"),
        ("10.0.0.1", "1.1.1.1", "1.1.1.1"),
        ("10.0.0.1", "6.6.6.6, 1.1.1.1, 10.3.3.3", "1.1.1.1"),
        ("10.0.0.1", "1.1.1.1, made up", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("fd00::1", "2001:db8:0:1:aaaa::1", "2001:db8:0:1::/64"),
    ],
)
def test_the_right_most_address_that_is_no_proxy(peer: str, forwarded: str, expected: str) -> None:
    assert address_of(peer, forwarded, PROXIES) == expected


def test_the_header_is_read_only_where_the_operator_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert address_of("10.0.0.1", "1.1.1.1", ()) == "10.0.0.1"
    monkeypatch.delenv("SPACE_ID", raising=False)
    assert Settings.from_environment().proxies == ()
    monkeypatch.setenv("SPACE_ID", "org/klue")
    assert address_of("10.1.2.3", "1.1.1.1", Settings.from_environment().proxies) == "1.1.1.1"
    monkeypatch.setenv("KLUE_SPACE_PROXIES", "not a network")
    with pytest.raises(InputError, match="trusted proxy: found 'not'"):
        Settings.from_environment()
