"""Replacing personal data by made-up values of the same form.

A value becomes the same made-up value wherever it stands in a document, and another one in another
document, so that documents cannot be joined by it. What a value becomes follows from the seed, the
document and the value; whoever needs more than deterrence keeps the seed secret. Web addresses,
e-mail and Internet addresses move to the ranges that are reserved for examples (RFC 2606, 5737,
3849); other numbers are random, and a random number may by chance be somebody's.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Callable
from random import Random

from .check_digits import business_check_digit, card_check_digit, digits, resident_check_digit
from .personal_data import Found, find_personal_data

SYLLABLES = "가나다라마바사아자차카타파하"
ROAD = re.compile(
    r"(?<=\s)[가-힣0-9·]+?(?=(?:대로|[로길동리가])(?:\s?[0-9]+(?:가|번길|길))?\s[0-9])"
)
ROADS = ("가온", "나래", "다솜", "라온", "마루", "보람", "새솔", "아람", "한별", "해솔")


def pseudonymise(text: str, seed: int = 0) -> tuple[str, list[tuple[Found, str]]]:
    """Replace all personal data of a text.

    Args:
        text: a document.
        seed: the same gives the same made-up values.

    Returns:
        The new text, and for each place what was found and what stands there now.

    Example:
        >>> text, changes = pseudonymise("010-1234-5678에 걸거나 01012345678로 문자")
        >>> [(found.kind, len(new)) for found, new in changes]
        [('phone', 13), ('phone', 11)]
        >>> text.startswith("010-1234-5678")
        False
    """
    found = find_personal_data(text)
    if not found:
        return text, []
    key = hashlib.blake2b(f"{seed} {text}".encode(), digest_size=16).digest()
    parts, changes, end = [], [], 0
    for item in found:
        new = synthetic(item, key)
        parts += [text[end : item.start], new]
        changes.append((item, new))
        end = item.end
    return "".join([*parts, text[end:]]), changes


def synthetic(found: Found, key: bytes) -> str:
    """Return the made-up value for one place.

    Args:
        found: what is to be replaced.
        key: 16 bytes that stand for the document and the seed.
    """
    identity = digits(found.value) if found.kind in NUMBERS else found.value.lower()
    message = f"{found.kind} {identity}".encode()
    rng = Random(hashlib.blake2b(message, key=key, digest_size=8).digest())
    return MAKERS[found.kind](found.value, rng)


def scramble(value: str, rng: Random, keep: int = 0) -> str:
    """Replace each letter and digit after the first `keep` by another of the same sort.

    Example:
        >>> scramble("Ab-12", Random(0), keep=2)[:3]
        'Ab-'
    """
    made = []
    for char in value:
        if char.isalnum() and keep > 0:
            keep -= 1
            made.append(char)
        else:
            made.append(rng.choice(sort_of(char)) if char.isalnum() else char)
    return "".join(made)


def sort_of(char: str) -> str:
    """Return the characters that one may be replaced by."""
    if char.isdecimal():
        return string.digits
    if "가" <= char <= "힣":
        return SYLLABLES
    return string.ascii_uppercase if char.isupper() else string.ascii_lowercase


def fill(value: str, numbers: str) -> str:
    """Return the form of a value with other digits in it.

    Example:
        >>> fill("02-735", "02911")
        '02-911'
    """
    following = iter(numbers)
    return "".join(next(following) if char.isdecimal() else char for char in value)


def other_digits(value: str, rng: Random, keep: int = 0) -> str:
    """Replace the digits after the first `keep`; everything else stays."""
    numbers = digits(value)
    return fill(value, numbers[:keep] + "".join(rng.choices(string.digits, k=len(numbers) - keep)))


def resident_number(value: str, rng: Random) -> str:
    """Make up a birthday of the same century; the seventh digit stays, the check digit is right."""
    seventh = digits(value)[6]
    year = rng.randint(40, 99) if seventh in "1256" else rng.randint(0, 19)
    made = f"{year:02}{rng.randint(1, 12):02}{rng.randint(1, 28):02}{seventh}"
    made += f"{rng.randrange(100_000):05}"
    return fill(value, made + str(resident_check_digit(made)))


def phone(value: str, rng: Random) -> str:
    """Make up the last seven digits; the network or area stays."""
    return other_digits(value, rng, keep=len(digits(value)) - 7)


def card(value: str, rng: Random) -> str:
    """Make up the digits after the network's first two; the check digit is right."""
    body = digits(other_digits(value, rng, keep=2))[:-1]
    return fill(value, body + str(card_check_digit(body)))


def business_number(value: str, rng: Random) -> str:
    """Make up all digits; the check digit is right."""
    body = f"{rng.randint(101, 999)}{rng.randrange(1_000_000):06}"
    return fill(value, body + str(business_check_digit(body)))


def drivers_licence(value: str, rng: Random) -> str:
    """Make up the digits after the region, which is two digits or a name."""
    return other_digits(value, rng, keep=2 if value[0].isdecimal() else 0)


def email(value: str, rng: Random) -> str:
    """Make up a name at example.com."""
    name = value.partition("@")[0]
    return f"{scramble(name, rng)}@example.com"


def url(value: str, rng: Random) -> str:
    """Make up a page of the same form at example.com."""
    scheme, divider, rest = value.rpartition("://")
    www = "www." if rest.lower().startswith("www.") else ""
    path = re.sub(r"^[^/?#:]*", "", rest)
    return f"{scheme}{divider}{www}example.com{scramble(path, rng)}"


def ip_address(value: str, rng: Random) -> str:
    """Make up an address of those reserved for documentation."""
    if ":" in value:
        return f"2001:db8::{rng.randrange(1, 1 << 16):x}:{rng.randrange(1, 1 << 16):x}"
    return f"{rng.choice(('192.0.2', '198.51.100', '203.0.113'))}.{rng.randint(1, 254)}"


def mac_address(value: str, rng: Random) -> str:
    """Make up a locally administered address."""
    pairs = ["02", f"a{rng.randrange(10)}", *(f"{rng.randrange(256):02x}" for _ in range(4))]
    made = value[2].join(pairs)
    return made.upper() if value.isupper() else made


def address(value: str, rng: Random) -> str:
    """Make up the road or quarter and the numbers; the region and town stay."""
    named = ROAD.sub(rng.choice(ROADS), value, count=1)
    return re.sub("[0-9]+", lambda n: str(rng.randint(1, 10 ** len(n[0]) - 1)), named)


def kept_letter(value: str, rng: Random) -> str:
    """Make up all but the first letter."""
    return scramble(value, rng, keep=1)


NUMBERS = {"resident_number", "phone", "card", "business_number", "bank_account", "drivers_licence"}
MAKERS: dict[str, Callable[[str, Random], str]] = {
    "url": url,
    "email": email,
    "mac_address": mac_address,
    "ip_address": ip_address,
    "resident_number": resident_number,
    "card": card,
    "drivers_licence": drivers_licence,
    "phone": phone,
    "business_number": business_number,
    "bank_account": other_digits,
    "passport": kept_letter,
    "customs_code": kept_letter,
    "vehicle_plate": other_digits,
    "address": address,
    "handle": scramble,
    "messenger_id": kept_letter,
}
