"""Bytes of a CSV file as text, whichever program has written it.

UTF-8 and UTF-16 tell themselves. Of what is neither, GB18030 takes nearly everything without an
error and shows it as rare signs: which signs are in use decides.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SAMPLE = 100_000
# A text in the encoding it was written in is mostly of the signs in daily use.
USUAL = 0.5


def decode(data):
    """The text of a file; ValidationError when it is none."""
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ValidationError(_("This is no text: save the table as CSV (UTF-8) or XLSX."))


def _encodings(data):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ["utf-16"]
    return ["utf-8-sig", *_older(data[:SAMPLE])]


def _older(data):
    """Encodings that may be meant, the likeliest first: mainland China, Taiwan, Western Europe."""
    mainland, taiwan, alone = _counted(data)
    if max(mainland, taiwan) < USUAL < alone:
        return ["cp1252", "gb18030"]
    if taiwan > mainland:
        return ["cp950", "big5hkscs", "gb18030"]
    return ["gb18030"]


def _counted(data):
    """(share of pairs of bytes that are usual signs in GB 2312, in Big5, and of bytes beyond ASCII
    that stand alone, as letters with an accent do)."""
    pairs = mainland = taiwan = alone = place = 0
    while place < len(data) - 1:
        first, second = data[place], data[place + 1]
        if first < 0x80:
            place += 1
            continue
        place += 2
        # Punctuation tells nothing.
        if 0xA1 <= first <= 0xA3 and second >= 0xA1:
            continue
        pairs += 1
        mainland += 0xB0 <= first <= 0xD7 and second >= 0xA1
        taiwan += 0xA4 <= first <= 0xC6 and (0x40 <= second <= 0x7E or second >= 0xA1)
        alone += second < 0x80
    return tuple(count / pairs for count in (mainland, taiwan, alone)) if pairs else (1, 0, 0)
