"""Every message of code and templates has its Simplified and Traditional Chinese, with the same placeholders."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.harness.findings import none_of
from tests.harness.source import ROOT
from tools.translations import FOLDER, collect, first, text_of, traditional

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
# A half-width mark between two Chinese characters; numbers and addresses keep theirs.
HALF_WIDTH = re.compile(
    r"[\u4e00-\u9fff][,;:!?]|[,;!?][\u4e00-\u9fff]|[\u4e00-\u9fff]\.(?:\s|$)|[\u4e00-\u9fff]\s*\("
)


# A message within an f-string, which the collector does not read: it passes where it is collected elsewhere as well.
HIDDEN = re.compile(r"""\{(?:_\(|pgettext\((['"])(?P<context>[^'"]+)\1, )(['"])(?P<said>.+?)\3""")


@pytest.fixture(scope="module")
def collected() -> Catalog:
    return collect()


def load(language: str) -> Catalog:
    with (ROOT / FOLDER / language / "LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale=language)


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def key(message: Message) -> tuple[str, str | None]:
    return first(message), message.context


def untranslated(collected: Catalog, catalogue: Catalog) -> list[str]:
    """Messages without a translation, or with one that only a tool has guessed."""
    done = {key(message) for message in messages(catalogue) if text_of(message) and not message.fuzzy}
    return [first(message) for message in messages(collected) if key(message) not in done]


def faulty(catalogue: Catalog) -> list[str]:
    """Translations that lose a placeholder or add one, or mix half-width marks into Chinese."""
    found = []
    for message in messages(catalogue):
        text = text_of(message)
        sources = (message.id,) if isinstance(message.id, str) else message.id
        if text and all(placeholders(text) != placeholders(source) for source in sources):
            found.append(f"placeholders: {text}")
        if HALF_WIDTH.search(text):
            found.append(f"half-width mark: {text}")
    return found


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant"])
def test_every_message_is_translated(collected, language):
    none_of(untranslated(collected, load(language)))


def hidden(text: str, known: set[tuple[str, str | None]]) -> list[str]:
    """Messages that stand in an f-string and nowhere else."""
    return [one["said"] for one in HIDDEN.finditer(text) if (one["said"], one["context"]) not in known]


def test_no_message_is_hidden_from_the_collector(collected):
    known = {key(message) for message in messages(collected)}
    none_of(
        f"{path.relative_to(ROOT)}: {said}"
        for path in (ROOT / "portal").rglob("*.py")
        for said in hidden(path.read_text("utf-8"), known)
    )


def test_control_a_hidden_message_is_found():
    source = """f"{_('Save')}{pgettext("file", "to mend")}{_('Sign in')}-{name}" """
    assert hidden(source, {("Sign in", None), ("to mend", None)}) == ["Save", "to mend"]


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant"])
def test_translations_are_sound(language):
    none_of(faulty(load(language)))


def test_traditional_follows_simplified():
    """`make translations` was run after the last change."""
    expected = {key(message): text_of(message) for message in messages(traditional(load("zh_Hans")))}
    none_of(text_of(m) for m in messages(load("zh_Hant")) if expected.get(key(m)) != text_of(m))


def test_control_a_missing_translation_is_found():
    source, chinese = Catalog(), Catalog(locale="zh_Hans")
    for text in ("Sign in", "Sign out", "Save"):
        source.add(text)
    chinese.add("Sign in", "登录")
    chinese.add("Sign out", "退出", flags=["fuzzy"])
    assert untranslated(source, chinese) == ["Sign out", "Save"]


@pytest.mark.parametrize(
    ("source", "chinese"), [("%(num)d people", "人"), ("Hello %(name)s", "您好,%(name)s"), ("Yes, no", "是,否")]
)
def test_control_a_faulty_translation_is_found(source, chinese):
    catalogue = Catalog(locale="zh_Hans")
    catalogue.add(source, chinese)
    assert len(faulty(catalogue)) == 1
