"""Finding people by name and text by words: grams, pinyin, sort keys. Pure text in, pure text out.

The table `person_gram(gram, sort_key, person_id)` holds for each person every gram of `name_grams` beside the
person's `sort_key`, so a search is one range of its primary key, already in the order of the page.

The same table answers three ways of typing:

* Chinese characters: every 1- and 2-character gram of the name is stored;
* pinyin initials, from the surname on: hsl, hs and h for 黄淑兰;
* pinyin or a Latin name: the surname, the given name, and the name up to the end of each syllable (huang,
  shulan, huangshu, huangshulan); of a word in Latin letters every beginning (a, an, ann, anna).

pypinyin is imported at the first name.
"""

from __future__ import annotations

import os
import re
import unicodedata
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from portal.core.simplified import simplified

GRAM_LIMIT = 16
LONGEST_WORD, MOST_WORDS = 40, 60_000  # of a text in the full-text index; a tsvector holds a megabyte
SORT_KEY_LIMIT = 64
READINGS = Path(__file__).with_name("readings.txt")

# Characters that are read differently as a surname than anywhere else.
SURNAMES = {
    "单": "shan", "單": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "區": "ou", "朴": "piao",
    "查": "zha", "盖": "ge", "蓋": "ge", "翟": "zhai", "薄": "bo", "召": "shao", "种": "chong", "員": "yun",
    "员": "yun", "黑": "he", "繁": "po", "秘": "bi", "折": "she", "乐": "yue", "樂": "yue",
    "缪": "miao", "繆": "miao", "覃": "qin", "卜": "bu", "能": "nai", "都": "du", "洗": "xian", "祭": "zhai",
    "佴": "nai", "郇": "xun", "隗": "wei", "句": "gou", "重": "chong",
}  # fmt: skip

# Surnames of two characters, with their reading.
COMPOUND = {
    "欧阳": "ou yang", "歐陽": "ou yang", "司马": "si ma", "司馬": "si ma", "上官": "shang guan",
    "诸葛": "zhu ge", "諸葛": "zhu ge", "夏侯": "xia hou", "东方": "dong fang", "東方": "dong fang",
    "皇甫": "huang fu", "尉迟": "yu chi", "尉遲": "yu chi", "公孙": "gong sun", "公孫": "gong sun",
    "令狐": "ling hu", "慕容": "mu rong", "宇文": "yu wen", "长孙": "zhang sun", "長孫": "zhang sun",
    "司徒": "si tu", "司空": "si kong", "鲜于": "xian yu", "鮮于": "xian yu", "闾丘": "lv qiu",
    "万俟": "mo qi", "赫连": "he lian", "赫連": "he lian", "澹台": "tan tai", "澹臺": "tan tai",
    "公冶": "gong ye", "濮阳": "pu yang", "濮陽": "pu yang", "淳于": "chun yu", "单于": "chan yu",
    "申屠": "shen tu", "钟离": "zhong li", "鍾離": "zhong li", "轩辕": "xuan yuan", "軒轅": "xuan yuan",
    "拓跋": "tuo ba", "独孤": "du gu", "獨孤": "du gu", "端木": "duan mu", "百里": "bai li",
    "呼延": "hu yan", "南宫": "nan gong", "南宮": "nan gong", "东郭": "dong guo", "西门": "xi men",
    "西門": "xi men", "太史": "tai shi", "闻人": "wen ren", "第五": "di wu", "完颜": "wan yan",
    "纳兰": "na lan", "宗政": "zong zheng", "仲孙": "zhong sun", "宰父": "zai fu", "东门": "dong men",
}  # fmt: skip

_DOTS = "·•・‧∙⋅．.。"
_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_IS_HAN = re.compile(rf"[{_HAN}]")


def normalise(text: str) -> str:
    """NFKC, small letters without accents, no spaces, dots or marks: 李 明 and 李明 are one name."""
    return "".join(_words(text))


@lru_cache(maxsize=4096)
def name_pinyin(name: str) -> tuple[str, ...]:
    """Syllables of a Chinese name, surname read as a surname; ü is v. Other letters come back as words.

    A name with · belongs to no Han surname and is read plainly.
    """
    words = _words(name)
    joined = "".join(words)
    if not _IS_HAN.search(joined):
        return tuple(words)
    surname = () if _has_dot(name) else _surname_pinyin(joined)
    return (*surname, *_plain_pinyin(joined[len(surname) :]))


def initials(name: str) -> str:
    """First letters of the syllables: 黄淑兰 hsl, 欧阳修 oyx, Anna Smith as."""
    return "".join(syllable[0] for syllable in name_pinyin(name))


def sort_key(name: str) -> str:
    """Order of a list of names: by the pinyin of each character in turn, then by the character itself.

    So all 李 stand together before all 黎 although both are read li, and both stand before 林. Compare as
    bytes (COLLATE "C" in PostgreSQL, BINARY in SQLite).
    """
    characters = [part for word in _words(name) for part in (word if _IS_HAN.match(word) else [word])]
    pairs = zip(name_pinyin(name), characters, strict=False)
    return " ".join(part for pair in pairs for part in dict.fromkeys(pair))[:SORT_KEY_LIMIT]


def name_grams(name: str) -> set[str]:
    """Everything under which a person is filed in person_gram; at most 16 characters each."""
    words = _words(name)
    joined = "".join(words)
    grams = {gram for run in _RUNS.findall(joined) if _IS_HAN.match(run) for gram in _grams(run)}
    foreign = [word for word in (*words, joined) if word and not _IS_HAN.match(word)]
    grams |= {word[:end] for word in foreign for end in range(1, min(len(word), GRAM_LIMIT) + 1)}
    syllables = name_pinyin(name)
    given = len(_surname_pinyin(joined)) if not _has_dot(name) else 0
    grams.update(accumulate(syllable[0] for syllable in syllables))
    grams.update(accumulate(syllables))
    grams.add("".join(syllables[given:]))
    return {gram[:GRAM_LIMIT] for gram in grams if gram}


def query_grams(query: str) -> list[str]:
    """The grams a person must all have to answer what was typed; none if nothing can be searched for.

    * 1 or 2 Chinese characters: that one gram, one range of the index;
    * n > 2 Chinese characters: the n - 1 overlapping pairs, intersected (王小明: 王小 and 小明);
    * letters: one gram as a whole, be it initials, pinyin or the beginning of a Latin name;
    * both: the grams of both.

    Pairs can in rare names all occur without touching (明小明王小): `matches` settles it on the page's rows.
    """
    grams: list[str] = []
    for run in _RUNS.findall(normalise(query)):
        if not _IS_HAN.match(run):
            grams.append(run[:GRAM_LIMIT])
        elif len(run) <= 2:
            grams.append(run)
        else:
            grams += [run[n : n + 2] for n in range(len(run) - 1)]
    return list(dict.fromkeys(grams))


def matches(name: str, query: str) -> bool:
    """Whether a name answers a query: Chinese as it stands in it, letters as `name_grams` files them."""
    plain, grams = normalise(name), name_grams(name)
    runs = _RUNS.findall(normalise(query))
    return bool(runs) and all(run in plain if _IS_HAN.match(run) else run[:GRAM_LIMIT] in grams for run in runs)


def text_query(text: str) -> list[str]:
    """The words of `text_words` that must all occur: of Chinese each pair of characters, one alone by itself."""
    words: list[str] = []
    for run in _runs_of(text):
        pairs = [run[n : n + 2] for n in range(len(run) - 1)]
        words += pairs if pairs and _IS_HAN.match(run) else [run]
    return list(dict.fromkeys(words))


def text_words(text: str) -> list[str]:
    """Everything by which a text is found, each once: its pairs of characters, its characters, its Latin words."""
    found: set[str] = set()
    for run in _runs_of(text):
        found |= _grams(run) if _IS_HAN.match(run) else {run[:LONGEST_WORD]}
    return sorted(found)[:MOST_WORDS]


def text_runs(text: str) -> list[str]:
    """What was typed, as it would stand in a text that `folded` has gone over: Chinese runs and Latin words."""
    return list(dict.fromkeys(run[:LONGEST_WORD] for run in _runs_of(text)))


def folded(text: str) -> str:
    """The text in simplified characters, small letters and half-width forms, each in the place where it stood."""
    return text.translate(_FOLDS)


class _Folds(dict[int, int]):
    """One character for one; what would become several stays as it is."""

    def __missing__(self, code: int) -> int:
        plain = _plain(chr(code))
        self[code] = ord(plain) if len(plain) == 1 else code
        return self[code]


_FOLDS = _Folds()


def _plain(text: str) -> str:
    return simplified(unicodedata.normalize("NFKC", text).casefold())


def _runs_of(text: str) -> list[str]:
    """Chinese runs and Latin words of a text, in small letters and simplified characters."""
    return [str(run) for run in _RUNS.findall(_plain(text))]


def _words(text: str) -> list[str]:
    """Words of a name without accents, dots or signs; ö is o, 王・伟 is two words."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(c for c in decomposed if not unicodedata.combining(c) and c not in "'’`")
    return [str(word) for word in _RUNS.findall(unicodedata.normalize("NFKC", plain))]


def _has_dot(name: str) -> bool:
    return any(dot in name for dot in _DOTS)


def _grams(run: str) -> set[str]:
    """All grams of one and two characters."""
    return set(run) | {run[n : n + 2] for n in range(len(run) - 1)}


def _surname_pinyin(joined: str) -> tuple[str, ...]:
    """The surname's syllables; a name of two characters has a surname of one, be it 欧阳."""
    if not joined or not _IS_HAN.match(joined):
        return ()
    if len(joined) > 2 and joined[:2] in COMPOUND:
        return tuple(COMPOUND[joined[:2]].split())
    return (SURNAMES.get(joined[0]) or _syllable(joined[0]),)


@lru_cache(maxsize=1024)
def _syllable(character: str) -> str:
    """Few surnames are borne by nearly everybody."""
    return _plain_pinyin(character)[0]


def _plain_pinyin(text: str) -> list[str]:
    """A syllable for each Chinese character, other words whole; an unreadable character stands for itself."""
    syllables: list[str] = []
    for run in _RUNS.findall(text):
        syllables += _reader()(run, errors=list) if _IS_HAN.match(run) else [run]
    return syllables


@cache
def _reader() -> Any:
    """pypinyin's lazy_pinyin, with those of its 47,000 phrases that say something: the others, read as their
    characters are alone, would take 43 MiB of each process. tools/readings.py finds them.
    """
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    import pypinyin

    lines = (line.split() for line in READINGS.read_text(encoding="utf-8").splitlines())
    pypinyin.load_phrases_dict({phrase: [[said] for said in reading] for phrase, *reading in lines})
    return pypinyin.lazy_pinyin
