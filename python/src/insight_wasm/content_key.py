"""The id of a prompt that has none: the hash that the readers of logs use."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .plain import to_plain


def content_key(*fields: Any) -> str:
    """The first 128 bits, as 32 hex digits, of the SHA-256 of the fields as an array of compact JSON.

    `insight-wasm ingest --hash prompt` and `content_key(row["prompt"])` are the same id, so logs join data sets.
    Numbers are written as JavaScript writes them; hash text where you can.

    >>> content_key("What is 2 + 2?")
    '643b33561b99fabda3a084b5d01851d9'
    """
    return hashlib.sha256(_json(list(fields)).encode("utf-8")).hexdigest()[:32]


def _json(value: Any) -> str:
    value = to_plain(value)
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
        return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text)  # halves of pairs
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, (int, float)):
        return _number(float(value))
    if isinstance(value, (list, tuple)):
        return f"[{','.join(map(_json, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{_json(key)}:{_json(value[key])}' for key in _ordered(value))}}}"
    raise TypeError(f"no JSON can be made of {value!r}")


def _number(value: float) -> str:
    """As JavaScript writes it: 72 and not 72.0, 1e-7 and not 1e-07, null for what is no number."""
    if value == 0:
        return "0"
    if value - value != 0:
        return "null"
    sign = "-" if value < 0 else ""
    digits, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, part = digits.partition(".")
    part = "" if part == "0" else part
    point = len(whole) + int(exponent or 0)  # the value is 0.DIGITS * 10^point
    digits = (whole + part).lstrip("0")
    point -= len(whole + part) - len(digits)
    digits = digits.rstrip("0")
    if 0 < point <= 21:
        text = digits.ljust(point, "0")
        text = text[:point] + (f".{text[point:]}" if len(text) > point else "")
    elif -6 < point <= 0:
        text = f"0.{'0' * -point}{digits}"
    else:
        text = f"{digits[0]}{'.' + digits[1:] if len(digits) > 1 else ''}e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return sign + text


def _ordered(fields: dict[str, Any]) -> list[str]:
    """The order of an object in JavaScript: names that are array indices first, by rising number."""

    def is_index(name: str) -> bool:
        return name.isascii() and name.isdigit() and (name == "0" or name[0] != "0") and int(name) < 2**32 - 1

    return sorted(filter(is_index, fields), key=int) + [name for name in fields if not is_index(name)]
