"""Amounts in words, as documents that are signed or paid carry them."""

from decimal import Decimal

# By language: digits, places within a group of four, groups, then 元 角 分 整 and 负.
FORMS = {
    "zh-hans": ("零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟"), "万", "亿", "元角分整负"),
    "zh-hant": ("零壹貳參肆伍陸柒捌玖", ("", "拾", "佰", "仟"), "萬", "億", "元角分整負"),
}
CURRENCIES = {
    "zh-hans": {
        "CNY": "人民币",
        "USD": "美元",
        "EUR": "欧元",
        "GBP": "英镑",
        "HKD": "港元",
        "TWD": "新台币",
        "JPY": "日元",
    },
    "zh-hant": {
        "CNY": "人民幣",
        "USD": "美元",
        "EUR": "歐元",
        "GBP": "英鎊",
        "HKD": "港元",
        "TWD": "新臺幣",
        "JPY": "日圓",
    },
}
SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SCALES = (
    (10**15, "quadrillion"),
    (10**12, "trillion"),
    (10**9, "billion"),
    (10**6, "million"),
    (10**3, "thousand"),
)


def in_words(amount, currency, language):
    """A Decimal of at most two decimals in words: 大写 in Chinese, else English."""
    minus, amount = amount < 0, abs(Decimal(amount))
    whole, cents = divmod(int(amount * 100), 100)
    if language in FORMS:
        return chinese(whole, cents, currency, language, minus)
    words = english(whole)
    if minus:
        words = f"minus {words}"
    fraction = f" and {cents:02d}/100" if cents else ""
    return f"{currency} {words}{fraction} only"


def chinese(whole, cents, currency, language, minus):
    """As the rules for bills and settlement vouchers of the People's Bank of China have it:
    整 closes what ends in 元 or 角; a 零 stands for zeros between digits, and for an empty 角."""
    digits, *_places, (yuan, jiao, fen, exact, negative) = FORMS[language]
    text = CURRENCIES[language].get(currency, currency) + (negative if minus else "")
    tenths, hundredths = divmod(cents, 10)
    if whole or not cents:
        text += chinese_number(whole, language) + yuan
    if tenths:
        text += digits[tenths] + jiao
    elif hundredths and whole:
        text += digits[0]
    return text + (digits[hundredths] + fen if hundredths else exact)


def chinese_number(number, language):
    digits, places, ten_thousand, hundred_million, _signs = FORMS[language]
    for size, name in ((10**8, hundred_million), (10**4, ten_thousand)):
        if number >= size:
            above, below = divmod(number, size)
            text = chinese_number(above, language) + name
            if not below:
                return text
            gap = digits[0] if below < size // 10 else ""
            return text + gap + chinese_number(below, language)
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += (digits[0] if gap and text else "") + digits[digit] + places[place]
        gap = not digit
    return text or digits[0]


def english(number):
    for size, name in SCALES:
        if number >= size:
            above, below = divmod(number, size)
            return f"{english(above)} {name}" + (f" {english(below)}" if below else "")
    if number >= 100:
        above, below = divmod(number, 100)
        return f"{english(above)} hundred" + (f" {english(below)}" if below else "")
    if number >= 20:
        above, below = divmod(number, 10)
        return TENS[above - 2] + (f"-{SMALL[below]}" if below else "")
    return SMALL[number]
