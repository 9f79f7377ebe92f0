"""Check digits of Korean registration numbers and of cards."""

from __future__ import annotations


def digits(text: str) -> str:
    """Return the decimal digits of a text.

    Example:
        >>> digits("02-735")
        '02735'
    """
    return "".join(filter(str.isdecimal, text))


def card_check_digit(number: str) -> int:
    """Return the check digit of a card number by ISO/IEC 7812 (Luhn's algorithm).

    Args:
        number: its digits but the last.

    Example:
        >>> card_check_digit("411111111111111")
        1
    """
    doubled = [int(d) * (2 - at % 2) for at, d in enumerate(reversed(number))]
    return -sum(d - 9 if d > 9 else d for d in doubled) % 10


def resident_check_digit(number: str) -> int:
    """Return the check digit of a resident registration number.

    A foreigner's is two more than a citizen's. Numbers given out since October 2020 have a random
    last digit.

    Args:
        number: its first twelve digits.

    Example:
        >>> resident_check_digit("850314164618")
        8
    """
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    total = sum(int(d) * weight for d, weight in zip(number, weights, strict=True))
    return ((11 - total % 11) % 10 + (2 if number[6] in "5678" else 0)) % 10


def business_check_digit(number: str) -> int:
    """Return the check digit of a business registration number.

    Args:
        number: its first nine digits.

    Example:
        >>> business_check_digit("120842961")
        7
    """
    weights = (1, 3, 7, 1, 3, 7, 1, 3, 5)
    total = sum(int(d) * weight for d, weight in zip(number, weights, strict=True))
    return (10 - (total + int(number[8]) * 5 // 10) % 10) % 10
