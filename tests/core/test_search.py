"""Names found as people type them, and listed in the order a reader expects; checked against a real index."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.search import (
    READINGS,
    _reader,
    initials,
    matches,
    name_grams,
    name_pinyin,
    normalise,
    query_grams,
    sort_key,
    text_query,
    text_words,
)
from tests.harness.cases import each

NAMES = (
    "黄淑兰", "李晓", "李小明", "黎明", "林立", "王伟", "王小伟", "单雄信", "曾国华", "解珍", "仇英", "区桃",
    "朴正恩", "查良", "欧阳修", "欧阳", "阿卜杜拉·买买提", "Anna Smith", "José Ñandú", "𬱖明", "㛃䶮", "吕芳",
    "明小明王小", "单",
)  # fmt: skip
HAN_NAMES = st.text(st.sampled_from("李王黄明小伟淑兰晓单曾𬱖"), min_size=1, max_size=5)


@pytest.fixture
def find():  # type: ignore[no-untyped-def]
    """A search as the portal makes it: person_gram in SQLite, intersected, in the order of the index."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE g (gram, sort_key, person, PRIMARY KEY (gram, sort_key, person)) WITHOUT ROWID")
    rows = [(gram, sort_key(name), name) for name in NAMES for gram in name_grams(name)]
    database.executemany("INSERT INTO g VALUES (?, ?, ?)", rows)

    def search(query: str) -> list[str]:
        grams = query_grams(query)
        sql = " INTERSECT ".join("SELECT sort_key, person FROM g WHERE gram = ?" for _ in grams)
        found = database.execute(sql, grams).fetchall() if grams else []
        return [person for _, person in found if matches(person, query)]

    yield search
    database.close()


@each(
    ("query", "found"),
    [
        ("黄", ["黄淑兰"]),
        ("淑兰", ["黄淑兰"]),
        ("黄淑兰", ["黄淑兰"]),
        ("黄 淑 兰", ["黄淑兰"]),
        ("hsl", ["黄淑兰"]),
        ("HS", ["黄淑兰"]),
        ("ｈｓｌ", ["黄淑兰"]),
        ("huang", ["黄淑兰"]),
        ("Huang Shulan", ["黄淑兰"]),
        ("shulan", ["黄淑兰"]),
        ("lx", ["李晓", "李小明"]),
        ("lxm", ["李小明"]),
        ("li", ["黎明", "李晓", "李小明", "林立"]),  # 林立 by the given name
        ("sxx", ["单雄信"]),
        ("shan", ["单", "单雄信"]),
        ("zeng", ["曾国华"]),
        ("xie", ["解珍"]),
        ("ouyang", ["欧阳", "欧阳修"]),
        ("oyx", ["欧阳修"]),
        ("阿卜杜拉买买提", ["阿卜杜拉·买买提"]),
        ("阿卜杜拉•买买提", ["阿卜杜拉·买买提"]),
        ("买提", ["阿卜杜拉·买买提"]),
        ("ann", ["Anna Smith"]),
        ("smith", ["Anna Smith"]),
        ("anna smith", ["Anna Smith"]),
        ("as", ["Anna Smith"]),
        ("jose", ["José Ñandú"]),
        ("𬱖", ["𬱖明"]),
        ("㛃䶮", ["㛃䶮"]),
        ("lv", ["吕芳"]),
        ("王小明", []),
        ("明王小", ["明小明王小"]),
        ("dan", []),
        ("%", []),
        ("", []),
        ("王_", ["王伟", "王小伟", "明小明王小"]),
    ],
)
def test_typing_finds(find, query: str, found: list[str]) -> None:  # type: ignore[no-untyped-def]
    assert sorted(find(query)) == sorted(found)


def test_pages_come_in_the_order_of_the_index(find) -> None:  # type: ignore[no-untyped-def]
    assert find("l") == sorted(find("l"), key=sort_key)
    assert [name[0] for name in find("l")] == ["李", "李", "黎", "林", "吕"]


@given(HAN_NAMES)
def test_every_part_of_a_name_finds_it(name: str) -> None:
    grams = name_grams(name)
    for start in range(len(name)):
        for end in range(start + 1, len(name) + 1):
            assert grams.issuperset(query_grams(name[start:end]))
            assert matches(name, name[start:end])
    for end in range(1, len(name) + 1):
        assert initials(name)[:end] in grams
    assert all(len(gram) <= 16 for gram in grams)


def test_how_many_grams_a_query_needs() -> None:
    assert query_grams("王") == ["王"]
    assert query_grams("王伟") == ["王伟"]
    assert query_grams("王小伟") == ["王小", "小伟"]
    assert query_grams("wxw") == ["wxw"]
    assert len(name_grams("黄淑兰")) <= 12


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("单雄信", "shan xiong xin"),
        ("曾国", "zeng guo"),
        ("解珍", "xie zhen"),
        ("仇英", "qiu ying"),
        ("区桃", "ou tao"),
        ("朴正", "piao zheng"),
        ("查良", "zha liang"),
        ("盖叫天", "ge jiao tian"),
        ("尉迟恭", "yu chi gong"),
        ("万俟雪", "mo qi xue"),
        ("长孙明", "zhang sun ming"),
        ("单·那", "dan na"),
        ("Anna Smith", "anna smith"),
    ],
)
def test_surnames_are_read_as_surnames(name: str, pinyin: str) -> None:
    assert " ".join(name_pinyin(name)) == pinyin


def test_order_groups_a_surname_and_puts_li_before_lin() -> None:
    names = ["林安", "李明", "黎丽", "李丽", "单明", "Anna", "欧阳修", "王伟"]
    assert sorted(names, key=sort_key) == ["Anna", "李丽", "李明", "黎丽", "林安", "欧阳修", "单明", "王伟"]
    assert sort_key("黄淑兰") == "huang 黄 shu 淑 lan 兰"
    assert sort_key("Anna Smith") == "anna smith"


def test_normalising_joins_what_is_one_name() -> None:
    assert normalise("李　明") == normalise("李 明") == normalise(" 李明 ") == "李明"
    assert normalise("买买提・艾力") == normalise("买买提·艾力") == "买买提艾力"
    assert normalise("ＪＯＳÉ") == "jose"


@pytest.mark.parametrize(
    "odd", ["", "·", "😀", "\u200b", "1", "李1", "李A明", "Ω", "한글", "やまだ", "A" * 500, "李" * 500]
)
def test_odd_names_break_nothing(odd: str) -> None:
    assert isinstance(sort_key(odd), str)
    assert len(sort_key(odd)) <= 64
    assert "" not in name_grams(odd)
    assert isinstance(initials(odd), str)


def test_text_is_found_by_any_two_characters_of_it() -> None:
    words = text_words("清洁家园，2026年 Open Day")
    assert {"清洁", "洁家", "家园", "园", "2026", "年", "open", "day"} <= set(words)
    assert set(text_query("家园")) <= set(words)
    assert set(text_query("清洁家园 OPEN")) <= set(words)
    assert text_query("洁") == ["洁"]
    assert "洁" in words
    assert not set(text_query("园清")) <= set(words)


def test_pypinyin_is_not_paid_for_at_start() -> None:
    code = "import sys, portal.core.search as s; s.query_grams('王伟'); print('pypinyin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"


ALL_PHRASES = """
import json
from tools.readings import needed, written
from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT
print(json.dumps([written(needed()), {phrase: lazy_pinyin(phrase) for phrase in PHRASES_DICT}]))
"""


def test_phrases_are_read_as_with_all_that_pypinyin_knows() -> None:
    """If it was renewed: .venv/bin/python -m tools.readings"""
    outside = {name: value for name, value in os.environ.items() if name != "PYPINYIN_NO_PHRASES"}
    told = subprocess.run([sys.executable, "-c", ALL_PHRASES], capture_output=True, check=True, env=outside).stdout
    kept, phrases = json.loads(told)
    assert READINGS.read_text(encoding="utf-8") == kept
    assert len(phrases) > 40_000
    read = _reader()
    assert [phrase for phrase, reading in phrases.items() if read(phrase) != reading] == []
    assert (name_pinyin("李长江"), name_pinyin("李志长")) == (("li", "chang", "jiang"), ("li", "zhi", "zhang"))
