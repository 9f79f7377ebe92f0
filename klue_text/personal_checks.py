"""Checks that tell a number or name that is personal from one that only looks like it.

Each takes the match of a kind's pattern and says whether it is accepted. What tells it is in the
match, a check digit or a date, or in the text around it, a word like 계좌.
"""

from __future__ import annotations

import datetime
import ipaddress
import re

from .check_digits import business_check_digit, card_check_digit, digits, resident_check_digit

BEFORE, AFTER = 25, 15  # characters in which a telling word may stand

BANK = re.compile(
    r"은행|뱅크|농협|수협|신협|새마을금고|우체국|계좌|통장|예금주|입금|송금|이체"
    r"|국민 |신한 |하나 |우리 "
)
VERSION = re.compile(
    r"버[전젼]|[Vv]er|\bv\.?$|펌웨어|드라이버|커널|릴리[스즈]|업데이트|패치|배포|앱"
    r"|표 $|그림 $|제\s?$"
)
ADDRESS_OF_MACHINE = re.compile(r"\bIP|아이피|접속|서버|주소|로그인|DNS|공유기")
CHAPTER = re.compile(r"\s?[절항조장편]|\s?버[전젼]|\s?(?:을|를)?\s?(?:배포|공개|출시)")
SOCIAL = re.compile(
    r"트위터|트윗|인스타|페이스북|텔레그램|틱톡|유튜브|스레드|팔로|구독|태그|멘션|트친|맞팔|\bRT\b|\bDM\b|(?<=\s)님|작가"
)
REGISTRATION = re.compile(r"주민|외국인|등록번호|명의")
BUSINESS = re.compile(r"사업자|공급자|등록번호")
PASSPORT = re.compile(r"여권|[Pp]assport|PASSPORT")
MAC = re.compile(r"\bMAC\b|[맥] ?주소")


def near(match: re.Match[str], words: re.Pattern[str], after: int = AFTER) -> bool:
    """Return whether a telling word stands shortly before or after a match.

    Args:
        match: what was found.
        words: the telling words.
        after: characters behind the match in which one may stand; BEFORE it is BEFORE characters.
    """
    text = match.string
    return bool(
        words.search(text[max(match.start() - BEFORE, 0) : match.start()])
        or words.search(text[match.end() : match.end() + after])
    )


def anything(match: re.Match[str]) -> bool:
    """Accept every match: the form alone tells."""
    return True


def is_resident_number(match: re.Match[str]) -> bool:
    """Accept a birthday that exists; without a dash also a check digit or a word like 주민번호."""
    number = digits(match["value"])
    century = 1900 if number[6] in "1256" else 2000
    try:
        datetime.date(century + int(number[:2]), int(number[2:4]), int(number[4:6]))
    except ValueError:
        return False
    together = match["value"].isdecimal()
    return (
        not together
        or resident_check_digit(number[:12]) == int(number[12])
        or near(match, REGISTRATION)
    )


def is_card(match: re.Match[str]) -> bool:
    """Accept a right check digit."""
    number = digits(match["value"])
    return card_check_digit(number[:-1]) == int(number[-1])


def is_business_number(match: re.Match[str]) -> bool:
    """Accept a right check digit; without dashes also a word like 사업자."""
    number = digits(match["value"])
    right = business_check_digit(number[:9]) == int(number[9])
    return right and (not match["value"].isdecimal() or near(match, BUSINESS))


def is_account(match: re.Match[str]) -> bool:
    """Accept ten to sixteen digits beside a bank's name or a word like 계좌."""
    return 10 <= len(digits(match["value"])) <= 16 and near(match, BANK)


def is_passport(match: re.Match[str]) -> bool:
    """Accept what stands beside the word 여권."""
    return near(match, PASSPORT)


def is_ip_address(match: re.Match[str]) -> bool:
    """Accept a valid address that is no version and no number of a chapter."""
    try:
        address = ipaddress.ip_address(match["value"])
    except ValueError:
        return False
    before = match.string[max(match.start() - BEFORE, 0) : match.start()]
    if address.version == 6 or ADDRESS_OF_MACHINE.search(before):
        return True
    return not VERSION.search(before) and not CHAPTER.match(match.string, match.end())


def is_mac_address(match: re.Match[str]) -> bool:
    """Accept one with a letter; six numbers of two digits are also times and lottery numbers."""
    return any(char.isalpha() for char in match["value"]) or near(match, MAC)


def is_address(match: re.Match[str]) -> bool:
    """Accept one with a town, a district or a number of two digits: 울산 새누리 3 is none."""
    return bool(re.search(r"[시군구읍면]\s|[0-9]{2}|[0-9]-[0-9]", match["value"]))


def is_handle(match: re.Match[str]) -> bool:
    """Accept a form that annotations in code lack, or one beside a network's name."""
    value = match["value"]
    if not any(char.isalpha() for char in value):
        return False
    return bool(re.search(r"[0-9_.]", value)) or near(match, SOCIAL)
