"""Numbers, days and answers as people write them and spreadsheets show them."""

import re
import unicodedata
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

YES = {"yes", "y", "true", "t", "1", "x", "on", "是", "对", "對", "有", "√", "✓", "真"}
NO = {"no", "n", "false", "f", "0", "off", "否", "不", "无", "無", "×", "假", "-"}
# What stands in a cell of which nothing is known.
NOTHING = {
    "-",
    "--",
    "—",
    "——",
    "–",
    "/",
    "\\",
    "n/a",
    "na",
    "null",
    "none",
    "nil",
    "无",
    "無",
    "空",
}
# What amounts are counted in, as headers and cells say it: the power of ten.
CHINESE_UNITS = {"千": 3, "万": 4, "萬": 4, "百万": 6, "百萬": 6, "千万": 7, "千萬": 7}
CHINESE_UNITS |= {"亿": 8, "億": 8}
COUNTED = re.compile(r"(?<=\d)(百万|百萬|千万|千萬|千|万|萬|亿|億)$")
# What follows a number that counts people, pieces, or the years.
MEASURE = re.compile(r"(?<=\d)[人名位年台臺个個件套岁歲]$")
CURRENCY = re.compile(r"(?:人民币|人民幣|美|日|欧|歐|港|新台|新臺)?[元圆圓]整?$")
# How a spreadsheet shows a formula that has failed.
FAILED = re.compile(r"#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|####+)", re.I)
# How it shows a long number in a narrow column, or has kept it without its last digits.
SHORTENED = re.compile(r"[+-]?\d(?:\.\d+)?E\+\d{2,}", re.IGNORECASE)
# A phone or an account number that has gone through a spreadsheet as a number.
POINT_ZERO = re.compile(r"\d{7,}\.0+")
LINE_BREAKS = re.compile(r"[ \t]*[\r\n\t\x0b\x0c]+\s*")
WRITTEN_DAYS = ("%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y")
# The year of the Republic, in Taiwan.
REPUBLIC = re.compile(r"(?:中[華华])?民[國国]\s*(\d{1,3})\s*年")
# Days that a spreadsheet has given as a number: from 1927 to 2118.
SERIAL = re.compile(r"[1-7]\d{4}")
FIRST_DAY = date(1899, 12, 30)
# Of a year of two digits it is the next one, as far as so many years ahead.
AHEAD = 20


def narrow(text):
    """A text with the letters and digits of full width as those of half width."""
    return unicodedata.normalize("NFKC", text).strip()


def says_nothing(text):
    return narrow(text).casefold() in NOTHING


def check_formula(text):
    """Raise ValidationError for what a failed formula leaves in a cell."""
    if FAILED.fullmatch(text):
        raise ValidationError(
            _("“%(text)s”: the formula in this cell has failed.") % {"text": text}
        )


def line(text):
    """A text for a field of one line: without breaks, and without what spreadsheets do to the
    digits of phones and accounts. ValidationError where digits are lost."""
    text = LINE_BREAKS.sub(" ", text).strip()
    plain = narrow(text)
    if SHORTENED.fullmatch(plain):
        raise ValidationError(
            _(
                "“%(text)s”: the spreadsheet has shortened this number. Give the column the format "
                "“Text”, enter it again and save the file."
            )
            % {"text": text}
        )
    if POINT_ZERO.fullmatch(plain):
        return plain.partition(".")[0]
    # Phones and codes, as an input method may leave them.
    return plain if text and not re.search(r"[^\W\d_]", text) else text


def yes_or_no(text, yes=(), no=()):
    word = narrow(text).casefold()
    if word in YES or word in yes:
        return True
    if word in NO or word in no:
        return False
    raise ValidationError(_("“%(text)s” is neither yes nor no.") % {"text": text})


def number(text, power=0):
    """A number without currency, percent sign and separators of thousands, as Python reads it;
    times ten to the `power`, or to the one that the text itself says: "1.2万"."""
    plain = narrow(text).replace("−", "-")
    negative = plain.startswith("(") and plain.endswith(")")
    plain = re.sub(r"[\s¥$€£%'’]|^\(|\)$", "", plain)
    plain = CURRENCY.sub("", plain)
    plain = re.sub(r"^[A-Z]{2,3}(?=[\d.-])|(?<=\d)[A-Z]{3}$", "", plain)
    if said := COUNTED.search(plain):
        plain, power = plain[: said.start()], CHINESE_UNITS[said[1]]
    plain = MEASURE.sub("", plain)
    comma, point = plain.rfind(","), plain.rfind(".")
    if comma > point and (point >= 0 or not re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+", plain)):
        plain = plain.replace(".", "").replace(",", ".")  # 1.234,56
    plain = plain.replace(",", "")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", plain):
        raise ValidationError(_("“%(text)s” is no number.") % {"text": text})
    plain = f"-{plain}" if negative else plain
    return f"{Decimal(plain).scaleb(power).normalize():f}" if power else plain


def day(text, order=""):
    """A date. order: "dmy", "mdy", or "" for texts with the year first only."""
    plain = narrow(text)
    # It may be followed by a time of the day.
    written = re.split(r"[ T](?=\d{1,2}:)", plain)[0]
    found = _of_the_republic(written) or _in_words(written)
    if found:
        return found
    parts = [int(part) for part in re.findall(r"\d+", written)]
    if re.fullmatch(r"\d{8}", written):
        parts = [int(written[:4]), int(written[4:6]), int(written[6:])]
    elif SERIAL.fullmatch(written):
        return FIRST_DAY + timedelta(days=parts[0])
    elif len(parts) == 3 and parts[0] <= 31:
        parts = _year_first(text, parts, order)
    elif len(parts) == 3:
        parts[0] = _whole_year(parts[0])
    try:
        return date(*parts)
    except (TypeError, ValueError):
        raise ValidationError(_("“%(text)s” is no date.") % {"text": text}) from None


def _of_the_republic(written):
    if match := REPUBLIC.match(written):
        month_and_day = [int(part) for part in re.findall(r"\d+", written[match.end() :])]
        with suppress(TypeError, ValueError):
            return date(int(match[1]) + 1911, *month_and_day)
    return None


def _in_words(written):
    """A date such as "5-Mar-26" or "March 5, 2026"."""
    plain = " ".join(re.sub(r"[,.]", " ", written).split())
    for pattern in WRITTEN_DAYS if re.search(r"[A-Za-z]{3}", plain) else ():
        with suppress(ValueError):
            found = datetime.strptime(plain, pattern).date()  # noqa: DTZ007 - a date only
            return found.replace(year=_whole_year(found.year % 100)) if "%y" in pattern else found
    return None


def _year_first(text, parts, order):
    if not order:
        raise ValidationError(
            _("“%(text)s”: choose whether the day or the month comes first.") % {"text": text}
        )
    day, month = parts[:2] if order == "dmy" else (parts[1], parts[0])
    return [_whole_year(parts[2]), month, day]


def _whole_year(year):
    """A year of two digits as one of four: 1990 rather than 2090."""
    if year > 99:
        return year
    return year + (2000 if year + 2000 <= date.today().year + AHEAD else 1900)  # noqa: DTZ011
