"""Which passwords are refused, and how they are hashed."""

from __future__ import annotations

import pytest

from portal.core.common_passwords import COMMON
from portal.core.errors import RuleError
from portal.core.passwords import LONGEST, SHORTEST, Hasher, check_password

WANG = {"name": "王秀英", "sort_key": "wang 王 xiu 秀 ying 英", "phone": "13800001111"}


@pytest.fixture(scope="module")
def hasher() -> Hasher:
    made = Hasher()
    made.configure("cheap")
    return made


@pytest.mark.parametrize(
    "password",
    [
        "short77", "1234567", "12345678", "87654321", "0123456789", "abcdefgh", "qwertyui", "poiuytre",
        "1qaz2wsx3edc", "password1", "PASSWORD1", "Woaini1314", "5201314520", "aaaaaaaa", "12121212", "99999998",
        "19880501", "05011988", "20261107",
        "x" * (LONGEST + 1), "王秀英王秀英呀呀", "my wangXIUying", "13800001111x", "１２３４５６７８",
    ],
)  # fmt: skip
def test_refused(password):
    with pytest.raises(RuleError) as refused:
        check_password(password, **WANG)
    assert refused.value.field == "password"


@pytest.mark.parametrize(
    "password",
    [
        "correct horse", "夏天的风吹过江边", "19884501", "x7Kq2mPz", "ying and yang", "yyyyyabcdefgz", "y o u " * 20,
    ],
)  # fmt: skip
def test_accepted(password):
    check_password(password, **WANG)


def test_a_short_reading_forbids_nothing():
    check_password("malicious sentence", name="马丽", sort_key="ma 马 li 丽")


def test_the_list_holds_what_the_length_lets_through():
    assert min(len(word) for word in COMMON) >= SHORTEST
    assert all(word == word.lower() for word in COMMON)


def test_hash_and_match(hasher):
    kept = hasher.hash("夏天的风吹过江边")
    assert kept != hasher.hash("夏天的风吹过江边")
    assert hasher.matches(kept, "夏天的风吹过江边")
    assert not hasher.matches(kept, "夏天的风吹过江边 ")
    assert hasher.matches(hasher.hash("pass 12 é"), "pass １２ é")


@pytest.mark.parametrize("kept", [None, "", "nonsense", "$argon2id$v=19$m=8,t=1,p=1$AAAA$BBBB"])
def test_nothing_matches_what_is_no_hash(hasher, kept):
    assert not hasher.matches(kept, "anything at all")
    assert not hasher.matches(kept, "")


def test_outdated(hasher):
    normal = Hasher()
    assert normal.is_outdated(hasher.hash("x"))
    assert not hasher.is_outdated(hasher.hash("x"))
