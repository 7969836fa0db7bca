"""What makes two companies or two people the same: keys without the differences of writing."""

import re
import unicodedata
from contextlib import suppress

import phonenumbers
from django.db import models

# 有限责任公司 and its kin, longest first; the traditional forms too.
CHINESE_FORMS = sorted(
    [
        "股份有限公司",
        "有限责任公司",
        "有限責任公司",
        "责任有限公司",
        "責任有限公司",
        "有限公司",
        "股份公司",
        "公司",
        "株式会社",
        "株式會社",
    ],
    key=len,
    reverse=True,
)
LATIN_FORMS = {
    *("co", "company", "corp", "corporation", "inc", "incorporated", "limited", "ltd", "plc"),
    *("llc", "llp", "lp", "pte", "pty", "gmbh", "ag", "kg", "sa", "sas", "sarl", "srl", "spa"),
    *("bv", "nv", "ab", "oy", "kk"),
}
# A shorter run of digits is an extension or a typing error, not a number to compare.
PHONE_DIGITS = 7


def name_key(text):
    """A company name without width, case, brackets, punctuation and legal form.

    "上海云栖科技（集团）有限公司" and "上海云栖科技集团" share one key. Never empty for a name
    that has a letter.
    """
    text = unicodedata.normalize("NFKC", text or "").casefold().replace(".", "")
    words = re.findall(r"\w+", text.replace("_", " "))
    while len(words) > 1 and words[-1] in LATIN_FORMS:
        words.pop()
    key = "".join(words)
    for form in CHINESE_FORMS:
        if key.endswith(form) and key != form:
            return key.removesuffix(form)
    return key


def phone_key(text):
    """The digits of a phone number with its country code (+86 unless another is given).

    "" when there are too few digits to compare.
    """
    text = unicodedata.normalize("NFKC", text or "")
    code, digits = "", re.sub(r"\D", "", text)
    with suppress(phonenumbers.NumberParseException):
        number = phonenumbers.parse(text, "CN")
        code, digits = str(number.country_code), str(number.national_number)
    return code + digits if len(digits) >= PHONE_DIGITS else ""


class KeyField(models.CharField):
    """`make(value of the field source)`, kept up to date on every save; indexed, never edited."""

    def __init__(self, *, source="", make=str, **kwargs):
        self.source, self.make = source, make
        options = {"max_length": 200, "editable": False, "blank": True, "db_index": True}
        super().__init__(**{**options, "default": "", **kwargs})

    def deconstruct(self):
        # To the database it is plain text: migrations need not know how it is made.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def pre_save(self, model_instance, add):
        value = self.make(getattr(model_instance, self.source))[: self.max_length]
        setattr(model_instance, self.attname, value)
        return value
