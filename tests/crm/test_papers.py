"""Amounts in words, and how wide columns are."""

from decimal import Decimal

import pytest

from crm.papers.sheet import breadth, widths
from crm.papers.words import in_words

CHINESE = {
    "0": "人民币零元整",
    "0.05": "人民币伍分",
    "0.50": "人民币伍角整",
    "0.56": "人民币伍角陆分",
    "1": "人民币壹元整",
    "10": "人民币壹拾元整",
    "101": "人民币壹佰零壹元整",
    "1001": "人民币壹仟零壹元整",
    "1010": "人民币壹仟零壹拾元整",
    "1409.50": "人民币壹仟肆佰零玖元伍角整",
    "6007.14": "人民币陆仟零柒元壹角肆分",
    "325.04": "人民币叁佰贰拾伍元零肆分",
    "16409.02": "人民币壹万陆仟肆佰零玖元零贰分",
    "10000": "人民币壹万元整",
    "10001": "人民币壹万零壹元整",
    "105000": "人民币壹拾万伍仟元整",
    "20300400": "人民币贰仟零叁拾万零肆佰元整",
    "100000000": "人民币壹亿元整",
    "100000001": "人民币壹亿零壹元整",
    "100010000": "人民币壹亿零壹万元整",
    "1000000000000": "人民币壹万亿元整",
    "9999999999999999.99": (
        "人民币玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"
    ),
    "-12.30": "人民币负壹拾贰元叁角整",
}


@pytest.mark.parametrize(("amount", "words"), CHINESE.items())
def test_renminbi_are_written_by_the_rules_for_bills(amount, words):
    assert in_words(Decimal(amount), "CNY", "zh-hans") == words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("23456789.10", "CNY", "人民幣貳仟參佰肆拾伍萬陸仟柒佰捌拾玖元壹角整"),
        ("100000000.05", "CNY", "人民幣壹億元零伍分"),
        ("12", "USD", "美元壹拾貳元整"),
        ("12", "CHF", "CHF壹拾貳元整"),
    ],
)
def test_traditional_signs_and_other_currencies(amount, currency, words):
    assert in_words(Decimal(amount), currency, "zh-hant") == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "CNY zero only"),
        ("0.07", "CNY zero and 07/100 only"),
        ("19", "CNY nineteen only"),
        ("21.30", "CNY twenty-one and 30/100 only"),
        ("100", "CNY one hundred only"),
        ("1015", "CNY one thousand fifteen only"),
        ("1000000", "CNY one million only"),
        ("96612.99", "CNY ninety-six thousand six hundred twelve and 99/100 only"),
        ("-5", "CNY minus five only"),
    ],
)
def test_english_words(amount, words):
    assert in_words(Decimal(amount), "CNY", "en") == words


def test_figures_keep_their_width_and_words_share_the_rest():
    columns = [
        {"label": "产品", "numeric": False},
        {"label": "Code", "numeric": False},
        {"label": "Amount", "numeric": True},
    ]
    assert widths(columns, [["轴承组件 Bearing set", "BS-1", "¥1.00"]]) == [20, 0, 0]
    assert widths(columns[1:], []) == [1, 0]
    assert breadth("轴承 a") == 6
