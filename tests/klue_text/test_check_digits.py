"""Check digits: those of numbers that are printed in public, and what one wrong digit does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klue_text.check_digits import (
    business_check_digit,
    card_check_digit,
    digits,
    resident_check_digit,
)


@pytest.mark.parametrize("card", ["4111111111111111", "5555555555554444", "378282246310005"])
def test_the_test_cards_of_the_networks(card: str) -> None:
    assert card_check_digit(card[:-1]) == int(card[-1])


@pytest.mark.parametrize("number", ["124-81-00998", "120-81-47521", "116-82-00276"])
def test_numbers_of_known_firms(number: str) -> None:
    assert business_check_digit(digits(number)[:-1]) == int(number[-1])


@given(st.from_regex(r"\A[0-9]{6}[1-8][0-9]{5}\Z"))
def test_a_foreigner_s_is_thirteen_and_a_citizen_s_eleven_less_the_rest(number: str) -> None:
    weights = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]
    rest = sum(weight * int(digit) for weight, digit in zip(weights, number, strict=True)) % 11
    whole = 13 if number[6] in "5678" else 11
    assert resident_check_digit(number) == (whole - rest) % 10


@given(st.from_regex(r"\A[0-9]{15}\Z"), st.integers(0, 14), st.integers(1, 9))
def test_one_wrong_digit_of_a_card_is_noticed(number: str, at: int, more: int) -> None:
    wrong = number[:at] + str((int(number[at]) + more) % 10) + number[at + 1 :]
    assert card_check_digit(wrong) != card_check_digit(number)
