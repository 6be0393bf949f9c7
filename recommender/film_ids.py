"""Lists of film ids as addresses carry them: base 36, joined by points."""

_BASE = 36
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LONGEST_ID = 12  # digits; more than a database can hold


def read_ids(text: str, most: int) -> list[int]:
    """The ids of an address, so many at most; what is no number is ignored."""
    pieces = text.split(".", most)[:most]
    return [int(piece, _BASE) for piece in pieces if 0 < len(piece) <= _LONGEST_ID and set(piece) <= set(_DIGITS)]


def write_ids(ids: list[int]) -> str:
    """Film ids as `read_ids` reads them."""
    return ".".join(_in_base_36(pk) for pk in ids)


def _in_base_36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, _BASE)
        digits = _DIGITS[rest] + digits
    return digits or "0"
