"""The kinds of personal data: a table of forms and of the checks beside them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .personal_checks import (
    PASSPORT,
    anything,
    is_account,
    is_address,
    is_business_number,
    is_card,
    is_handle,
    is_ip_address,
    is_mac_address,
    is_passport,
    is_resident_number,
)

DASH = "[-‐‑‒–]"
REGIONS = (
    "서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주|"
    "충청북도|충청남도|전라북도|전라남도|경상북도|경상남도"
)
# Syllables on Korean number plates: private cars, business, rental, diplomatic and military.
PLATE_SYLLABLES = (
    "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배하허호국합육해공"
)


@dataclass(frozen=True)
class Kind:
    """One kind of personal data.

    Attributes:
        name: its id.
        title: what it is.
        told_by: how it is told from look-alikes.
        hint: what must occur in a text for the pattern to be tried at all.
        pattern: its form, of which the group `value` is what is personal.
        accept: tells whether a match is one.
    """

    name: str
    title: str
    told_by: str
    hint: re.Pattern[str]
    pattern: re.Pattern[str]
    accept: Callable[[re.Match[str]], bool]


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
    """Return a pattern of a number that is no part of a longer one."""
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
