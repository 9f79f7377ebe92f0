"""Made-up values: the same form, the same within a document, others elsewhere."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_text.personal_data import find_personal_data
from klue_text.personal_kinds import KINDS
from klue_text.pseudonyms import MAKERS, pseudonymise

LISTS = ("planted_items.txt", "held_out_items.txt")
LINES = [
    line.split("\t")[1].replace("[[", "").replace("]]", "")
    for name in LISTS
    for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
]


def test_every_kind_has_a_maker() -> None:
    assert set(MAKERS) == {kind.name for kind in KINDS}


@pytest.mark.parametrize("seed", range(5))
def test_what_is_made_up_has_the_form_of_what_it_replaces(seed: int) -> None:
    for line in LINES:
        made, changes = pseudonymise(line, seed)
        assert [found.kind for found in find_personal_data(made)] == [
            found.kind for found, _ in changes
        ], made
        for found, new in changes:
            assert found.value not in made
            assert new in made


def test_the_same_value_becomes_the_same_within_a_document() -> None:
    text = "010-1234-5678에 걸고\n01012345678로 문자, 다시 010-1234-5678"
    made, changes = pseudonymise(text)
    first, second, third = (new for _, new in changes)
    assert first == third
    assert first.replace("-", "") == second
    assert made.count(first) == 2


def test_documents_cannot_be_joined_by_a_value() -> None:
    one, two = (pseudonymise(f"{word} kim.mj@naver.com")[1][0][1] for word in ("메일", "주소"))
    assert one != two


def test_a_seed_gives_the_same_again_and_another_seed_another() -> None:
    text = "문의 02-735-4821"
    assert pseudonymise(text, 1) == pseudonymise(text, 1)
    assert pseudonymise(text, 1) != pseudonymise(text, 2)


def test_machines_move_to_the_ranges_for_documentation() -> None:
    made = pseudonymise("접속 121.134.56.78, 메일 a_b@kt.co.kr, 쪽 https://kt.com/a/b")[0]
    address = ipaddress.ip_address(find_personal_data(made)[0].value)
    ranges = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
    assert any(address in ipaddress.ip_network(r) for r in ranges)
    assert "@example.com" in made
    assert "https://example.com/" in made


@given(st.text(alphabet="0123456789- 가나다라@.:/주민번호계좌여권PMabc\n", max_size=60))
def test_any_text_goes_through(text: str) -> None:
    made, changes = pseudonymise(text)
    assert made.count("\n") == text.count("\n")
    if not changes:
        assert made == text
