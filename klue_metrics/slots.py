"""The entries of a dialogue state: "domain-slot-value" with one of the 45 slots."""

from typing import Any

from .errors import shown
from .labels import is_empty
from .unicode_forms import in_form_only

# fmt: off
SLOTS = (
    "관광-경치 좋은", "관광-교육적", "관광-도보 가능", "관광-문화 예술", "관광-역사적", "관광-이름",
    "관광-종류", "관광-주차 가능", "관광-지역", "숙소-가격대", "숙소-도보 가능", "숙소-수영장 유무",
    "숙소-스파 유무", "숙소-예약 기간", "숙소-예약 명수", "숙소-예약 요일", "숙소-이름",
    "숙소-인터넷 가능", "숙소-조식 가능", "숙소-종류", "숙소-주차 가능", "숙소-지역",
    "숙소-헬스장 유무", "숙소-흡연 가능", "식당-가격대", "식당-도보 가능", "식당-야외석 유무",
    "식당-예약 명수", "식당-예약 시간", "식당-예약 요일", "식당-이름", "식당-인터넷 가능",
    "식당-종류", "식당-주류 판매", "식당-주차 가능", "식당-지역", "식당-흡연 가능", "지하철-도착지",
    "지하철-출발 시간", "지하철-출발지", "택시-도착 시간", "택시-도착지", "택시-종류",
    "택시-출발 시간", "택시-출발지",
)
# fmt: on


# fmt: on
NO_VALUE = "none"


# What a list item or a wrong separator begins with, and no value does.
DASHES = "-‐‑‒–—―−"


STATE = 'a list of "domain-slot-value" texts'


def split_entry(entry: str) -> tuple[str, str]:
    """Return slot and value of an entry; the value is "" where there is none.

    >>> split_entry("식당-예약 시간-23:20"), split_entry("식당")
    (('식당-예약 시간', '23:20'), ('식당', ''))
    """
    domain, _, rest = entry.partition("-")
    slot, _, value = rest.partition("-")
    return (f"{domain}-{slot}" if slot else domain), value


def is_value(value: str) -> bool:
    """Return whether a text can be the value of a slot.

    >>> [is_value(value) for value in ("한식당", "dontcare", "none", "", " 3", "- 3")]
    [True, True, False, False, False, False]
    """
    return value not in ("", NO_VALUE) and value == value.strip() and value[0] not in DASHES


def entry_problem(entry: Any) -> str | None:
    """Return what is wrong with an entry of a state, or None."""
    if is_empty(entry):
        return f"found {shown(entry)}, expected domain-slot-value"
    slot, value = split_entry(entry)
    if slot not in SLOTS:
        form = " in a Unicode form other than NFC" if in_form_only(slot, SLOTS) else ""
        expected = f"domain-slot-value with one of the {len(SLOTS)} slots, as in 식당-종류-한식당"
        return f"found {shown(entry)}{form}, expected {expected}"
    if not is_value(value):
        expected = f"a value after {slot}- (a slot without a value is left out)"
        return f"found {shown(entry)}, expected {expected}"
    return None
