"""What makes two companies or two people the same: keys without the differences of writing."""

import re
import unicodedata
from contextlib import suppress

import phonenumbers
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.regions import is_place, without_place
from crm.search.words import normal

# 有限责任公司 and its kin, longest first.
CHINESE_FORMS = sorted(
    [
        "股份有限公司",
        "有限责任公司",
        "责任有限公司",
        "有限公司",
        "股份公司",
        "股份",
        "公司",
        "株式会社",
        *("合伙企业有限合伙", "合伙企业普通合伙", "合伙企业特殊普通合伙", "合伙企业", "有限合伙"),
        "个体工商户",
    ],
    key=len,
    reverse=True,
)
LATIN_FORMS = {
    *("co", "company", "corp", "corporation", "inc", "incorporated", "limited", "ltd", "plc"),
    *("llc", "llp", "lp", "pte", "pty", "gmbh", "ag", "kg", "sa", "sas", "sarl", "srl", "spa"),
    *("bv", "nv", "ab", "oy", "kk"),
}
# Words that thousands of companies share: alone they tell nothing.
TRADES = re.compile(
    "国际贸易|进出口|房地产|新材料|新能源|有限公司|科技|技术|信息|网络|软件|电子|电气|电力|机械|设备|制造|工业"
    "|实业|贸易|商贸|国际|投资|控股|集团|发展|建设|工程|建筑|置业|物业|管理|咨询|服务|文化|传媒|广告|教育|医疗"
    "|医药|生物|化工|材料|能源|环保|水务|食品|餐饮|酒店|旅游|物流|运输|汽车|航空|银行|保险|证券|基金|资产|农业"
    "|智能|数据|啤酒|大学|医院|公司"
    "|technolog(?:y|ies)|trading|industr(?:y|ial|ies)|international|group|holdings?|import|export"
    "|company|limited|ltd|inc|co"
)
# Less than this is the name of many, such as 恒瑞.
CORE_SIGNS = 3
# A number in the house: "转8001", "分机 8001", and "-8001" behind a whole number.
EXTENSION = re.compile(
    r"\s*(?:(?:转|轉|分机|分機|内线|內線|ext\.?|x|#)\s*|(?<=\d{7})-)\d{1,5}\s*$", re.IGNORECASE
)
SEVERAL_PHONES = re.compile(r"[/、;；,，\n]|或")
# A shorter run of digits is an extension or a typing error, not a number to compare.
PHONE_DIGITS = 7


def name_key(text):
    """A company name without width, case, brackets, punctuation, legal form and the difference of
    traditional and simplified characters.

    "上海云栖科技（集团）有限公司" and "上海雲棲科技集團" share one key. Never empty for a name
    that has a letter.
    """
    return _without_form(_words(text))


def core_key(text):
    """A company name as name_key has it, without the places before, after and in it.

    "上海云栖科技有限公司", "云栖科技（上海）有限公司" and "云栖科技" share one key. "" when what is
    left is too short or says only in which trade the company is.
    """
    key = without_place(_without_form([word for word in _words(text) if not is_place(word)]))
    return key if len(key) >= CORE_SIGNS and TRADES.sub("", key) else ""


def _words(text):
    text = normal(text or "").replace(".", "")
    return re.findall(r"\w+", text.replace("_", " "))


def _without_form(words):
    while len(words) > 1 and words[-1] in LATIN_FORMS:
        words.pop()
    key = "".join(words)
    for form in CHINESE_FORMS:
        if key.endswith(form) and key != form:
            return key.removesuffix(form)
    return key


def phone_key(text):
    """The digits of a phone number with its country code (+86 unless another is given), of the
    first of several and without the extension.

    "" when there are too few digits to compare.
    """
    text = unicodedata.normalize("NFKC", text or "")
    parts = [
        part for part in SEVERAL_PHONES.split(text) if len(re.findall(r"\d", part)) >= PHONE_DIGITS
    ]
    text = EXTENSION.sub("", parts[0] if parts else text)
    code, digits = "", re.sub(r"\D", "", text)
    with suppress(phonenumbers.NumberParseException):
        number = phonenumbers.parse(text, "CN")
        code, digits = str(number.country_code), str(number.national_number)
    return code + digits if len(digits) >= PHONE_DIGITS else ""


# 统一社会信用代码 (GB 32100-2015): the alphabet, whose last sign is the check digit.
CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_LENGTH = 18
# Whoever writes from one of these says nothing about the company.
PUBLIC_DOMAINS = {
    *("qq.com", "163.com", "126.com", "yeah.net", "139.com", "189.cn", "sina.com", "sina.cn"),
    *("sohu.com", "aliyun.com", "foxmail.com", "gmail.com", "outlook.com", "hotmail.com"),
    *("live.com", "msn.com", "yahoo.com", "yahoo.com.tw", "yahoo.com.hk", "icloud.com", "me.com"),
    *("proton.me", "gmx.de", "gmx.net", "web.de", "mail.ru"),
}
# Whose address there says as little.
SHARED_SITES = {
    *("weibo.com", "taobao.com", "tmall.com", "1688.com", "jd.com", "alibaba.com", "baidu.com"),
    *("linkedin.com", "facebook.com", "instagram.com", "x.com", "twitter.com", "youtube.com"),
}


def code_key(text):
    """A code such as a tax number without width, case, blanks and punctuation."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text or "")).upper()


def is_credit_code(code):
    """Whether a code (in the shape of code_key) has the length, signs and check digit."""
    if len(code) != CREDIT_LENGTH or set(code) - set(CREDIT_SIGNS):
        return False
    weighted = sum(CREDIT_SIGNS.index(sign) * pow(3, n, 31) for n, sign in enumerate(code[:-1]))
    return CREDIT_SIGNS.index(code[-1]) == -weighted % 31


def validate_credit_code(code):
    if not is_credit_code(code):
        raise ValidationError(
            _(
                "This is no unified social credit code: it has 18 digits and capital letters "
                "(without I, O, S, V, Z), and the last one must check the others."
            )
        )


def mail_key(text):
    """A mail address without width, blanks and case."""
    return "".join(unicodedata.normalize("NFKC", text or "").split()).casefold()


def domain_key(text):
    """The domain of a mail or web address without "www."; "" for one that everybody uses."""
    text = mail_key(text).rpartition("@")[2]
    host = re.sub(r"^[a-z]+://", "", text)
    host = re.split(r"[/?#:,;、，；]", host)[0].removeprefix("www.").strip(".")
    # vip.qq.com is as public as qq.com; a shop with a name of its own tells the company.
    public = host in SHARED_SITES or ".".join(host.split(".")[-2:]) in PUBLIC_DOMAINS
    return "" if "." not in host or public or host in PUBLIC_DOMAINS else host


def person_key(text):
    """The name of a person without width, case, blanks, punctuation and the difference of
    traditional and simplified characters."""
    return re.sub(r"[\W_]", "", normal(text or ""))


class CreditCodeField(models.CharField):
    """A unified social credit code, stored as 18 capital signs however it was typed."""

    def to_python(self, value):
        value = super().to_python(value)
        return code_key(value) if value else value

    def formfield(self, **kwargs):
        # Longer than what is stored: it may be typed with blanks.
        return super().formfield(**{**kwargs, "max_length": 40})


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

    def key(self, text):
        """The value for a text of the source."""
        return self.make(text)[: self.max_length]

    def pre_save(self, model_instance, add):
        value = self.key(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, value)
        return value
