"""Markdown as officers write it: Chinese breaks and emphasis, headings, tables, signatures; nothing hostile."""

from __future__ import annotations

import time

import pytest
from bs4 import BeautifulSoup

from portal.core.text import TAGS, clean, excerpt, is_blank, is_chinese, printable, render


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("**“重点”**内容", "<p><strong>“重点”</strong>内容</p>"),
        ("与**协会（清河）**的", "<p>与<strong>协会（清河）</strong>的</p>"),
        ("第一行\n第二行", "<p>第一行第二行</p>"),
        ("“引语”\n（说明）", "<p>“引语”（说明）</p>"),
        ("**粗**\n**体**", "<p><strong>粗</strong><strong>体</strong></p>"),
        ("中文\nEnglish words\nmore", "<p>中文\nEnglish words\nmore</p>"),
        ("甲  \n乙", "<p>甲<br>\n乙</p>"),
        ("~~旧~~新", "<p><s>旧</s>新</p>"),
        ("[1]: 见附件", "<p>[1]: 见附件</p>"),
        ("见<附件1>和<b>", "<p>见&lt;附件1&gt;和&lt;b&gt;</p>"),
        ("3. 三\n4. 四", '<ol start="3">\n<li>三</li>\n<li>四</li>\n</ol>'),
        ("一\r\n\r\n二", "<p>一</p>\n<p>二</p>"),
    ],
)
def test_render(markdown, html):
    assert render(markdown).strip() == html


@pytest.mark.parametrize(
    ("typed", "levels"),
    [("# 一", "2"), ("### 一\n\n#### 二\n\n# 三\n\n### 四", "2323"), ("# a\n\n## b\n\n##### c\n\n## d", "2343"),
     ("一\n===\n\n二\n---", "23"), ("# 1\n## 2\n### 3\n#### 4\n##### 5\n###### 6", "234566")],
)  # fmt: skip
def test_headings_begin_at_two_and_skip_none(typed, levels):
    found = BeautifulSoup(render(typed), "html.parser").find_all(["h1", "h2", "h3", "h4", "h5", "h6"])
    assert "".join(heading.name[1] for heading in found) == levels


def test_figures_stand_at_the_right_and_a_wide_table_scrolls():
    page = BeautifulSoup(render("| 项 | 元 |\n|:--|--:|\n| 甲 | 1.00 |"), "html.parser")
    assert [cell.get("class") for cell in page.find_all(["th", "td"])] == [None, ["r"], None, ["r"]]
    assert page.div["class"] == ["scroll"]
    assert page.div["tabindex"] == "0"
    assert not page.find(style=True)


@pytest.mark.parametrize(
    ("markdown", "is_signature"),
    [
        ("正文。\n\n望江社区协会\n2026年11月9日", True),
        ("正文。\n\n望江社区协会\n二〇二六年十一月九日", True),
        ("正文。\n\n2026年11月9日", False),
        ("望江社区协会\n2026年11月9日\n\n正文。", False),
        ("正文。\n\n望江社区协会\n电话 6200-0118", False),
        ("正文。\n\n" + "长" * 41 + "\n2026年11月9日", False),
    ],
)
def test_signature(markdown, is_signature):
    html = render(markdown)
    assert ('<p class="signature">望江社区协会<br>' in html) is is_signature
    assert ("signature" in html) is is_signature


def test_salutation():
    assert render("各位会员：\n\n请看。").startswith('<p class="salutation">各位会员：</p>')
    assert "salutation" not in render("正文。\n\n各位会员：")


def test_links_and_pictures():
    html = render("[网](https://a.cn) <https://b.cn> [页](/notices) ![外](http://a.cn/x.png) ![内](/photos/x.jpg)")
    page = BeautifulSoup(html, "html.parser")
    assert [link["href"] for link in page.find_all("a")] == ["https://a.cn", "https://b.cn", "/notices"]
    assert {" ".join(link["rel"]) for link in page.find_all("a")} == {"noopener nofollow"}
    assert [(image["src"], image["alt"]) for image in page.find_all("img")] == [("/photos/x.jpg", "内")]
    assert "外" in page.get_text()


@pytest.mark.parametrize(
    "hostile",
    [
        '<p hx-get="/x" data-hx-get="/x" style="x" id="a" class="btn signature" onclick="x">t</p>',
        '<a href="javascript:x" target="_blank" ping="/x">t</a>',
        '<img src="//evil.example/x.png" srcset="x" onerror="x">',
        '<img src="/photos/x.jpg?x=//evil" alt="t">',
        '<form action="/x"><input name="a"><button formaction="/y">t</button></form>',
        "<style>*{}</style><script>1</script><svg onload=1></svg><math><mi></mi></math>",
        '<iframe srcdoc="x"></iframe><object data="x"></object><base href="//evil"><meta http-equiv="refresh">',
        '<table background="//evil"><tr><td style="a" class="r x">t</td></tr></table>',
    ],
)
def test_the_second_wall_stands_alone(hostile):
    page = BeautifulSoup(clean(hostile), "html.parser")
    for tag in page.find_all(True):
        assert tag.name in TAGS | {"div"}
        assert set(tag.attrs) <= {"href", "rel", "class", "alt", "tabindex", "src"}
        assert set(tag.get("class", [])) <= {"signature", "r", "scroll"}
        assert "evil" not in str(tag.attrs)
        assert "javascript" not in str(tag.attrs)


HARD = ("[", "![", "_a*", "*a **", "中\n", "[a]: b\n", "> - ", "<a ", "~~a", "| a\n|-\n")


@pytest.mark.parametrize("piece", HARD)
@pytest.mark.soak
def test_a_text_made_to_be_slow_is_not(piece, rounds):
    """The long form is the longest text that a notice may be."""
    length, begun = rounds(8_000, 40_000), time.process_time()
    render((piece * length)[:length])
    assert time.process_time() - begun < length / 10_000


def test_excerpt():
    text = "# 标题\n\n现将**会费**情况\n公布如下。\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- 第一项\n\n[网](http://a) x"
    assert excerpt(text, 100) == "现将会费情况公布如下。第一项网 x"
    assert excerpt(text, 8) == "现将会费情况公…"
    assert excerpt("", 8) == ""
    assert excerpt("one\ntwo\n\nthree", 100) == "one two three"


def test_printable_blank_chinese():
    assert printable("a\x00b\r\nc\x1bd\te\ud800") == "ab\ncd\te"
    assert printable("a\u202eb\u2066c\u200b\ufeffd\x85e\U000e0041f\u2028g\u200dh") == "abcdef\ng\u200dh"
    assert is_blank(" \u3000\u200b\n")
    assert not is_blank("。")
    assert is_chinese("A 组")
    assert not is_chinese("A group")
