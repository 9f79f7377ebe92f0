"""Finding personal data in Korean text: a table of kinds, each a pattern and a check.

A number alone is rarely personal: 1-3-5 groups of digits are also dates, scores, prices and
products. So every kind has, beside its form, what tells it from look-alikes: a check digit, a date
that exists, a word nearby. Names of persons are not found: a form does not tell them.
"""

from __future__ import annotations

import datetime
import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

DASH = "[-‐‑‒–]"
REGIONS = (
    "서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주|"
    "충청북도|충청남도|전라북도|전라남도|경상북도|경상남도"
)
# Syllables on Korean number plates: private cars, business, rental, diplomatic and military.
PLATE_SYLLABLES = (
    "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배하허호국합육해공"
)
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


class Found(NamedTuple):
    """A piece of personal data: character offsets in the text, its kind, what stands there."""

    start: int
    end: int
    kind: str
    value: str


@dataclass(frozen=True)
class Kind:
    """One kind of personal data.

    name: its id. title: what it is. told_by: how it is told from look-alikes. hint: what must
    occur in a text for the pattern to be tried at all. pattern: its form, of which the
    group `value` is what is personal. accept: whether a match is one.
    """

    name: str
    title: str
    told_by: str
    hint: re.Pattern[str]
    pattern: re.Pattern[str]
    accept: Callable[[re.Match[str]], bool]


def find(text: str) -> list[Found]:
    """Find personal data, in order and without overlap; of two kinds the first in KINDS wins.

    >>> [(found.kind, found.value) for found in find("문의: 010-1234-5678, kim@naver.com")]
    [('phone', '010-1234-5678'), ('email', 'kim@naver.com')]
    >>> find("2021-07-26에 2-1로 이겼다. 버전 1.2.3.4")
    []
    """
    if SUSPICIOUS.search(text) is None:
        return []
    taken: list[Found] = []
    for kind in KINDS:
        if kind.hint.search(text) is None:
            continue
        for match in kind.pattern.finditer(text):
            start, end = match.span("value")
            if all(end <= other.start or other.end <= start for other in taken) and kind.accept(
                match
            ):
                taken.append(Found(start, end, kind.name, text[start:end]))
    return sorted(taken)


def digits(text: str) -> str:
    """The decimal digits of a text.

    >>> digits("02-735")
    '02735'
    """
    return "".join(filter(str.isdecimal, text))


def near(match: re.Match[str], words: re.Pattern[str], after: int = AFTER) -> bool:
    """Whether a telling word stands shortly before or after."""
    text = match.string
    return bool(
        words.search(text[max(match.start() - BEFORE, 0) : match.start()])
        or words.search(text[match.end() : match.end() + after])
    )


def anything(match: re.Match[str]) -> bool:
    """The form alone tells."""
    return True


def luhn(number: str) -> bool:
    """ISO/IEC 7812: every second digit from the right doubled, the digits' sum divisible by ten.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    doubled = [int(d) * 2 if at % 2 else int(d) for at, d in enumerate(reversed(number))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def resident_check_digit(number: str) -> int:
    """Check digit of a resident number's first twelve digits; foreigners' is two more.

    Numbers given out since October 2020 have a random one.

    >>> resident_check_digit("850314164618")
    8
    """
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    total = sum(int(d) * weight for d, weight in zip(number, weights, strict=True))
    return ((11 - total % 11) % 10 + (2 if number[6] in "5678" else 0)) % 10


def business_check_digit(number: str) -> int:
    """Check digit of a business number's first nine digits.

    >>> business_check_digit("120842961")
    7
    """
    weights = (1, 3, 7, 1, 3, 7, 1, 3, 5)
    total = sum(int(d) * weight for d, weight in zip(number, weights, strict=True))
    return (10 - (total + int(number[8]) * 5 // 10) % 10) % 10


def is_resident_number(match: re.Match[str]) -> bool:
    """A birthday that exists; written together also its check digit or a word like 주민번호."""
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
    """The check digit is right."""
    return luhn(digits(match["value"]))


def is_business_number(match: re.Match[str]) -> bool:
    """The check digit is right; written together also a word like 사업자."""
    number = digits(match["value"])
    right = business_check_digit(number[:9]) == int(number[9])
    return right and (not match["value"].isdecimal() or near(match, BUSINESS))


def is_account(match: re.Match[str]) -> bool:
    """Ten to sixteen digits beside a bank's name or a word like 계좌."""
    return 10 <= len(digits(match["value"])) <= 16 and near(match, BANK)


def is_passport(match: re.Match[str]) -> bool:
    """Beside the word 여권."""
    return near(match, PASSPORT)


def is_ip_address(match: re.Match[str]) -> bool:
    """A valid address, and no version or number of a chapter."""
    try:
        address = ipaddress.ip_address(match["value"])
    except ValueError:
        return False
    before = match.string[max(match.start() - BEFORE, 0) : match.start()]
    if address.version == 6 or ADDRESS_OF_MACHINE.search(before):
        return True
    return not VERSION.search(before) and not CHAPTER.match(match.string, match.end())


def is_mac_address(match: re.Match[str]) -> bool:
    """Has a letter; six numbers of two digits are also times and lottery numbers."""
    return any(char.isalpha() for char in match["value"]) or near(match, MAC)


def is_address(match: re.Match[str]) -> bool:
    """Names a town or district, or has a number of two digits, so that 울산 새누리 3 is none."""
    return bool(re.search(r"[시군구읍면]\s|[0-9]{2}|[0-9]-[0-9]", match["value"]))


def is_handle(match: re.Match[str]) -> bool:
    """Of a form that code's annotations lack, or beside a network's name."""
    value = match["value"]
    if not any(char.isalpha() for char in value):
        return False
    return bool(re.search(r"[0-9_.]", value)) or near(match, SOCIAL)


NUMBER_START = r"(?<![0-9A-Za-z])(?<![0-9][-.,])"
NUMBER_END = r"(?![0-9A-Za-z])(?![-.,][0-9A-Za-z])"
URL_PATH = r"(?:[/?#:][^\s<>\"'()\[\]{}가-힣]*(?:(?<=[/=_])[가-힣]+[A-Za-z0-9_%/#.-]*)?)*"
DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+"
TOP = r"(?:com|net|org|kr|io|me|ly|gl|gle|be|tv|jp|cn|de|uk|us|info|biz|page|link|app|dev)"
COUNTED = (
    r"(?:\s?(?:개|명|년|월|일|시간|분|km|㎞|킬로|미터|m\b|차선|원|회|번째|%|대|만|억|천|여|곳|구간|세|위)"
    r"|차)"
)


def number(form: str) -> re.Pattern[str]:
    """A pattern of a number that is no part of a longer one."""
    return re.compile(f"{NUMBER_START}(?P<value>{form}){NUMBER_END}")


AREA = "0(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|50[0-9]|30[0-9])"
# Six characters of a number; every number of ten digits in groups has such six somewhere.
SIX = "[0-9][0-9 ).‐‑‒–-]{4}[0-9]"
DIGITS_6 = re.compile(SIX)
AT = re.compile("@")
# What none of the kinds can do without, its hint or a part of it; most texts end here. Each
# alternative is told by its last character, so that the search leaps from one of these to the next.
HEX = "[0-9A-Fa-f]"
SUSPICIOUS = re.compile(
    r"[0-9@/:.디Dd-](?:"
    rf"(?<=@)|(?<=://)|(?<=[Ww]{{3}}\.)|(?<=\.[a-z]{{2}}/)|(?<=\.[a-z]{{3}}/)|(?<=\.[a-z]{{4}}/)"
    rf"|(?<={HEX}{{2}}[:-]{HEX}{{2}}[:-])"
    rf"|(?<=::)|(?<=:{HEX}:)|(?<=:{HEX}{{2}}:)|(?<=:{HEX}{{3}}:)|(?<=:{HEX}{{4}}:)"
    r"|(?<=\.[0-9]\.[0-9])|(?<=\.[0-9]{2}\.[0-9])|(?<=\.[0-9]{3}\.[0-9])"
    rf"|(?<={SIX})|(?<=[0-9][A-Z][0-9]{{4}})"
    r"|(?<=[0-9][가-힣][0-9]{4})|(?<=[0-9][가-힣] [0-9]{4})"
    r"|(?<=[로길동리가][0-9])|(?<=[로길동리가] [0-9])"
    r"|(?<=아이디)|(?<=[Ii][Dd])"
    r")"
)

KINDS = (
    Kind(
        "url",
        "web address",
        "http://, https://, ftp:// or www.; without them a known ending and a path",
        re.compile(r"://|[Ww]{3}\.|\.[a-z]{2,4}/"),
        re.compile(
            rf"(?P<value>(?:(?:https?|ftp)://(?:[0-9.]+|{DOMAIN}[A-Za-z]+)"
            rf"|(?<![A-Za-z0-9.@])[Ww]{{3}}\.{DOMAIN}[A-Za-z]+){URL_PATH}"
            rf"|(?<![A-Za-z0-9.@/-]){DOMAIN}{TOP}(?=/[A-Za-z0-9]){URL_PATH})(?<![.,!?;:])"
        ),
        anything,
    ),
    Kind(
        "email",
        "e-mail address",
        "name@domain.ending",
        AT,
        re.compile(rf"(?<![A-Za-z0-9._%+-])(?P<value>[A-Za-z0-9._%+-]+@{DOMAIN}[A-Za-z]{{2,}})"),
        anything,
    ),
    Kind(
        "mac_address",
        "hardware address",
        "six pairs of hexadecimal digits, one of them a letter, or MAC nearby",
        re.compile(r"[0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-]"),
        number(r"[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\2){4}[0-9A-Fa-f]{2}"),
        is_mac_address,
    ),
    Kind(
        "ip_address",
        "Internet address, v4 or v6",
        "valid, and not called a version, chapter or paragraph",
        re.compile(r"[0-9]\.[0-9]+\.[0-9]|:[0-9A-Fa-f]*:"),
        re.compile(
            r"(?<![0-9A-Za-z.:])(?P<value>[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
            r"|(?=[0-9A-Fa-f:]*:[0-9A-Fa-f]*:[0-9A-Fa-f]*:)[0-9A-Fa-f:]{6,39})(?![0-9A-Za-z]|\.[0-9])"
        ),
        is_ip_address,
    ),
    Kind(
        "resident_number",
        "resident or foreigner registration number",
        "a birthday that exists, seventh digit 1-8; written together also the check digit",
        re.compile(r"[0-9]{6}[ ‐‑‒–-]*[0-9]{6}"),
        number(rf"[0-9]{{6}}(?:\s?{DASH}\s?)?[1-8][0-9]{{6}}"),
        is_resident_number,
    ),
    Kind(
        "card",
        "credit or debit card number",
        "15 or 16 digits with a right check digit (Luhn)",
        DIGITS_6,
        number(r"[2-69][0-9]{3}(?:([- ]?)[0-9]{4}(?:\2[0-9]{4}){2}|([- ]?)[0-9]{6}\3[0-9]{5})"),
        is_card,
    ),
    Kind(
        "drivers_licence",
        "driver's licence number",
        "region 11-28 or a region's name, then 2-6-2 digits",
        DIGITS_6,
        number(
            rf"(?:1[1-9]|2[0-8]){DASH}[0-9]{{2}}{DASH}[0-9]{{6}}{DASH}[0-9]{{2}}"
            rf"|(?:{REGIONS})\s?[0-9]{{2}}{DASH}[0-9]{{6}}{DASH}[0-9]{{2}}"
        ),
        anything,
    ),
    Kind(
        "phone",
        "phone number",
        "+82 or an area or mobile code; numbers that only firms have (1588-) stay",
        DIGITS_6,
        re.compile(
            rf"(?<![0-9A-Za-z])(?<![0-9][-.,])(?P<value>"
            rf"(?:\+82[ -]?\(?0?\)?1[0-9]|01[016789])(?:[ ).]|\) | ?{DASH} ?)?"
            rf"[0-9]{{3,4}}(?:[ .]|{DASH})?[0-9]{{4}}"
            rf"|(?:\({AREA}\) ?|(?:\+82[ -]?[2-6][1-5]?|{AREA})(?:\) ?|[ .]|{DASH}))"
            rf"[0-9]{{3,4}}(?:[ .]|{DASH})[0-9]{{4}}){NUMBER_END}"
        ),
        anything,
    ),
    Kind(
        "business_number",
        "business registration number",
        "3-2-5 digits with a right check digit; written together also a word like 사업자",
        DIGITS_6,
        number(rf"[1-9][0-9]{{2}}{DASH}[0-9]{{2}}{DASH}[0-9]{{5}}|[1-9][0-9]{{9}}"),
        is_business_number,
    ),
    Kind(
        "bank_account",
        "bank account number",
        "10 to 16 digits in groups, beside a bank's name or a word like 계좌",
        DIGITS_6,
        number(rf"[0-9]{{2,6}}(?:{DASH}[0-9]{{1,7}}){{1,3}}|[0-9]{{10,16}}"),
        is_account,
    ),
    Kind(
        "passport",
        "passport number",
        "a letter and eight digits, or the form of 2021, beside the word 여권",
        PASSPORT,
        number(r"[A-Z](?:[0-9]{8}|[0-9]{3}[A-Z][0-9]{4})"),
        is_passport,
    ),
    Kind(
        "customs_code",
        "personal customs clearance code",
        "P and twelve digits",
        re.compile(r"P[0-9]{12}"),
        number(r"P[0-9]{12}"),
        anything,
    ),
    Kind(
        "vehicle_plate",
        "number plate",
        "two or three digits, a plate's syllable, four digits; no counted thing after them",
        re.compile(r"[0-9]{2}[가-힣] ?[0-9]{4}"),
        re.compile(
            rf"(?<![0-9A-Za-z제.,])(?P<value>(?:(?:{REGIONS})\s?)?(?<![0-9])[0-9]{{2,3}}"
            rf"[{PLATE_SYLLABLES}]\s?[0-9]{{4}})(?![0-9A-Za-z항호]|[,.][0-9]|{COUNTED})"
        ),
        anything,
    ),
    Kind(
        "address",
        "postal address",
        "a region, then a road or quarter with a number that counts nothing",
        re.compile(r"(?:[로길가동리]|읍|면) ?[0-9]"),
        re.compile(
            rf"(?P<value>(?<![가-힣])(?:{REGIONS})(?:특별자치시|특별자치도|특별시|광역시|도|시)?"
            r"(?:\s[가-힣]{1,5}[시군구읍면]){0,3}\s"
            r"(?:[가-힣0-9·]{1,12}[로길](?:\s?[0-9]+(?:가|번길|길))?|[가-힣0-9·]{1,6}[동리가])"
            rf"\s[0-9]+(?:-[0-9]+)?(?:번지|(?![0-9,.]?[0-9]|[가층]|{COUNTED}))"
            r"(?:,?\s[가-힣0-9]{1,4}동(?=\s[0-9]))?(?:,?\s[0-9]+[호층])?)"
        ),
        is_address,
    ),
    Kind(
        "handle",
        "name in a social network",
        "@name with a digit, dot or _, or beside a network's name",
        AT,
        re.compile(
            r"(?<![A-Za-z0-9가-힣_.@])(?P<value>@[A-Za-z0-9_][A-Za-z0-9_.]{1,28}[A-Za-z0-9_])(?!@)"
        ),
        is_handle,
    ),
    Kind(
        "messenger_id",
        "name in a messenger",
        "a Latin name after 카톡 아이디 and the like",
        re.compile(r"아이디|[Ii][Dd]"),
        re.compile(
            r"(?:카카오톡|카톡|라인|위챗|텔레그램|네이버|인스타그램|인스타|트위터)\s?(?:아이디|ID|id)"
            r"(?:[:는은가]|\s)\s?(?P<value>[A-Za-z][A-Za-z0-9_.]{2,28}[A-Za-z0-9_])"
        ),
        anything,
    ),
)
