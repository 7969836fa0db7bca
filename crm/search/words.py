"""The words under which a text is found, and what somebody who searches asks of them.

One shape serves three alphabets: a run of symbols is cut into overlapping windows, so that any
part of it is found by the windows of that part, and a part shorter than a window by its beginning.

    云栖科技   云栖 栖科 科技 云 栖 …     windows of two characters and single ones: any substring
    ~yun-qi …  ~yun-qi ~qi-ke ~ke-ji …  windows of two syllables: any part of the pinyin
    ^yqkj …    ^yqkj ^qkj ^kj ^j        windows of four initials

Besides: `<` the beginnings of a Latin word, numbers as they are, codes without their hyphens, `#`
digits of phone numbers, `@` the domain of a mail address, `=` a whole text without spaces and
punctuation. What many records have and many people type is kept as a word of its own, such as
single characters and beginnings: to collect all words that begin so from the index is dear.
"""

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import islice, pairwise

import phonenumbers

HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
PIECES = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
PHONE = re.compile(r"\+?[\d\s\-().（）/]{7,25}")
SHORTEST_PHONE, LONGEST_PHONE = 7, 15
INITIALS = 4
# Longer beginnings are collected: few words have them.
LONGEST_BEGINNING = 8
# Longer texts, such as a description, are found by their beginning.
LONGEST = 400
LONGEST_KEY = 60
MOST_TERMS = 8
MOST_READINGS = 6
# The syllables of pinyin without tones, ü as v.
PINYIN = """
    a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang
    cao ce cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan
    chuang chui chun chuo ci cong cou cu cuan cui cun cuo da dai dan dang dao de dei den deng di
    dia dian diao die ding diu dong dou du duan dui dun duo e ei en eng er fa fan fang fei fen feng
    fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo ha
    hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang
    jiao jie jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke kei ken keng kong kou ku kua
    kuai kuan kuang kui kun kuo la lai lan lang lao le lei leng li lia lian liang liao lie lin ling
    liu lo long lou lu luan lun luo lv lve ma mai man mang mao me mei men meng mi mian miao mie min
    ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian niang niao nie nin ning niu nong
    nou nu nuan nuo nv nve o ou pa pai pan pang pao pei pen peng pi pian piao pie pin ping po pou pu
    qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran rang rao re ren reng ri rong
    rou ru rua ruan rui run ruo sa sai san sang sao se sen seng sha shai shan shang shao she shei
    shen sheng shi shou shu shua shuai shuan shuang shui shun shuo si song sou su suan sui sun suo
    ta tai tan tang tao te teng ti tian tiao tie ting tong tou tu tuan tui tun tuo wa wai wan wang
    wei wen weng wo wu xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang yao
    ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai zhan
    zhang zhao zhe zhei zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong
    zou zu zuan zui zun zuo
"""
SYLLABLES = frozenset(PINYIN.split())
BEGINNINGS = frozenset(s[:n] for s in SYLLABLES for n in range(1, len(s) + 1))


@cache
def _simplified():
    """{code point of a traditional character: its simplified form}, from the tables of OpenCC."""
    table = files("opencc").joinpath("dictionary/TSCharacters.txt").read_text(encoding="utf-8")
    rows = (line.split() for line in table.splitlines())
    return {ord(row[0]): row[1] for row in rows if len(row) > 1 and len(row[0]) == 1}


def normal(text):
    """A text without width, case, or the difference of traditional and simplified characters."""
    text = unicodedata.normalize("NFKC", text.replace("\0", "")).casefold()
    return text.translate(_simplified())


def key(text):
    """The letters and digits of a normal text: what a whole name or number is compared by."""
    return "".join(PIECES.findall(text))[:LONGEST_KEY]


def is_han(piece):
    return re.match(f"[{HAN}]", piece) is not None


# --- What is kept -------------------------------------------------------------------------------


def words_of(text, *, whole=True):
    """The set of words under which a text is found. `whole`: also as a whole, by its beginning."""
    text = normal(text)[:LONGEST].strip()
    if not text:
        return set()
    found = {"=" + key(text)} if whole and key(text) else set()
    for piece in PIECES.findall(text):
        found |= _han_words(piece) if is_han(piece) else _latin_words(piece)
    for chunk in text.split():
        if "@" in chunk:
            found |= {chunk, "@" + chunk.rpartition("@")[2]}
        elif re.search(r"\d", chunk) and re.search(r"\w[^\w\s]\w", chunk):
            found.add(key(chunk))
    if PHONE.fullmatch(text):
        found |= _phone_words(text)
    return found


def _han_words(run):
    from pypinyin import lazy_pinyin  # 60 MB of phrases, which those who only read can spare

    syllables = [s for s in lazy_pinyin(run, errors="ignore") if s.isascii()]
    letters = "".join(s[0] for s in syllables)
    return {
        *run,
        *(run[n : n + 2] for n in range(len(run) - 1)),
        *(f"~{one}-{two}" for one, two in pairwise([*syllables, ""])),
        *(f"^{letters[n : n + INITIALS]}" for n in range(len(letters))),
    }


def _latin_words(word):
    found = {word}
    if word.isalpha():
        found = {f"<{word[:n]}" for n in range(1, LONGEST_BEGINNING + 1)}
        if len(word) > LONGEST_BEGINNING:
            found.add(word)
    elif word.isdecimal():
        found.add(word.lstrip("0") or "0")
        if SHORTEST_PHONE <= len(word) <= LONGEST_PHONE:
            found |= _phone_words(word)
    return found


def _phone_words(text):
    """The digits of a number without country code and leading zero, its last eight and four."""
    digits = re.sub(r"\D", "", text)
    if not SHORTEST_PHONE <= len(digits) <= LONGEST_PHONE:
        return set()
    found = set()
    with suppress(phonenumbers.NumberParseException):
        number = phonenumbers.parse(text, "CN")
        digits = str(number.national_number)
        if number.country_code != 86:
            found.add(f"#{number.country_code}{digits}")
    return found | {f"#{digits}", f"#{digits[-8:]}", f"#{digits[-4:]}"}


# --- What is asked ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Query:
    """What somebody typed, as terms that all have to be met.

    A term is a list of ways to meet it, a way a list of words that must all be there; a word that
    ends in `*` stands for every word that begins so.
    """

    text: str
    terms: list = field(default_factory=list)

    def __bool__(self):
        return bool(self.terms)

    @property
    def tsquery(self):
        """The query for PostgreSQL, every word quoted."""
        return " & ".join(
            f"({' | '.join('(' + ' & '.join(map(quoted, way)) + ')' for way in ways)})"
            for ways in self.terms
        )

    def whole(self, *, begins=False):
        """The query for a name or number that is (or `begins` with) just what was typed."""
        return quoted(f"={key(self.text)}{'*' if begins else ''}")

    def met_by(self, words):
        """Whether a set of words, as words_of() makes it, has what is asked."""

        def has(word):
            if word.endswith("*"):
                return any(kept.startswith(word[:-1]) for kept in words)
            return word in words

        return all(any(all(map(has, way)) for way in ways) for ways in self.terms)


def quoted(word):
    """One word of a query as PostgreSQL reads it."""
    begins = word.endswith("*")
    lexeme = (word[:-1] if begins else word).replace("\\", "\\\\").replace("'", "''")
    return f"'{lexeme}':*" if begins else f"'{lexeme}'"


def query(text, shortest=2):
    """Read what somebody typed. Latin words under `shortest` letters are left out, for they begin
    so much that they say nothing; a single digit stands for itself, beside other words."""
    text = normal(text)[:LONGEST_KEY].strip()
    digits = re.sub(r"\D", "", text)
    if PHONE.fullmatch(text) and SHORTEST_PHONE <= len(digits) <= LONGEST_PHONE:
        return Query(text, [[*_phone_ways(digits), PIECES.findall(text), [f"{digits}*"]]])
    terms = [term for chunk in text.split() for term in _chunk_terms(chunk, shortest)]
    if len(text) < shortest and not is_han(text):
        terms = []
    return Query(text, terms[:MOST_TERMS])


def _chunk_terms(chunk, shortest):
    if "@" in chunk[:-1]:
        return [[[f"{chunk}*"]]]
    pieces = PIECES.findall(chunk)
    if len(pieces) > 1 and re.search(r"\d", chunk) and not any(map(is_han, pieces)):
        return [[[f"{key(chunk)}*"], [_begun(piece) for piece in pieces]]]
    ways = []
    for piece in pieces:
        if is_han(piece):
            ways.append(_han_ways(piece))
        elif len(piece) >= shortest:
            ways.append(_latin_ways(piece))
        elif piece.isdecimal():
            ways.append([[piece]])
    return ways


def _han_ways(run):
    return [[run[n : n + 2] for n in range(len(run) - 1)] or [run]]


def _begun(word):
    """What the words that begin with `word` have, which is not of Chinese characters."""
    is_kept = word.isalpha() and len(word) <= LONGEST_BEGINNING
    return f"<{word}" if is_kept else f"{word}*"


def _latin_ways(word):
    ways = [[_begun(word)]]
    if word.isdecimal() and word.strip("0") and word[0] == "0":
        # Who types its zeros types the whole number: 000020 is not what begins with 20, as 2026 does.
        ways.append([word.lstrip("0")])
    if word.isdecimal() and len(word) >= 4 and not word.startswith("000"):
        ways += _phone_ways(word)
    if len(word) > 1 and word.isascii() and word.isalpha():
        ways += [_reading_way(reading) for reading in islice(_readings(word), MOST_READINGS)]
        if len(word) <= INITIALS:
            ways.append([f"^{word}*"])
        else:
            ways.append([f"^{word[n : n + INITIALS]}" for n in range(len(word) - INITIALS + 1)])
    return ways


def _phone_ways(digits):
    """A number as it may have been typed: with a leading zero, with the country code or without."""
    typed = {digits, digits.lstrip("0")}
    typed |= {number.removeprefix("86") for number in typed if len(number) > SHORTEST_PHONE}
    return [[f"#{number}*"] for number in sorted(typed) if number]


def _reading_way(syllables):
    *pairs, last = pairwise(syllables) if len(syllables) > 1 else [syllables]
    # To look for all words that begin so is dear: only where the last syllable may be unfinished.
    is_done = len(last) > 1 and last[1] in SYLLABLES
    return [*(f"~{one}-{two}" for one, two in pairs), f"~{'-'.join(last)}{'' if is_done else '*'}"]


def _readings(word):
    """Ways to read a word as pinyin, long syllables first; the last one may be unfinished."""
    if word in BEGINNINGS:
        yield [word]
    for size in range(min(6, len(word) - 1), 0, -1):
        if word[:size] in SYLLABLES:
            for rest in _readings(word[size:]):
                yield [word[:size], *rest]
