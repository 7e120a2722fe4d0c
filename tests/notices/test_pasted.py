"""A text pasted from Word, WPS or a web page into the form, in a real browser: its structure comes along."""

from __future__ import annotations

import pytest

from tests.notices.rows import OFFICE

pytestmark = pytest.mark.engines("sqlite")  # what a browser does with a clipboard does not depend on the engine
PASTE = """([area, html]) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", "plain");
  const node = document.querySelector(area);
  node.value = "";
  node.focus();
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  return [node.dispatchEvent(event), node.value];
}"""
# As Word writes it: lists are paragraphs with their level in the style and their number in a span.
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p{color:red}</style></head><body>
<!--StartFragment--><p class=MsoTitle>会费办法</p><h2>一、标准<o:p></o:p></h2>
<p class=MsoNormal>个人会员<b>每年</b>12 元，<span style='font-weight:bold'>团体</span>另计。
<span lang=EN-US>&nbsp;</span></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>1.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>先申请</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>2.</span>后缴费</p>
<p class=MsoListParagraph style='mso-list:l1 level2 lfo2'><span style='mso-list:Ignore'>·</span>可减免</p>
<table class=MsoTableGrid><tr><td><p>类别</p></td><td><p>元</p></td></tr>
<tr><td colspan=2><p>个人|家庭</p></td></tr></table>
<p class=MsoNormal># 不是标题 *星号* &lt;b&gt;</p><p class=MsoNormal>1. 不是列表</p>
<p><img src="file:///C:/a.png"><a href="https://example.com/a b">网页</a><a href="javascript:alert(1)">坏</a></p>
<!--EndFragment--></body></html>"""
MARKDOWN = """# 会费办法

## 一、标准

个人会员**每年**12 元，**团体**另计。

1. 先申请
2. 后缴费
   - 可减免

| 类别 | 元 |
| --- | --- |
| 个人\\|家庭 |   |

\\# 不是标题 \\*星号\\* \\<b>

1\\. 不是列表

[网页](https://example.com/a%20b)坏"""
PAGE = (
    "<h3>标题</h3><ul><li>甲<ol><li>一</li><li>二</li></ol></li><li>乙</li></ul><blockquote><p>引文</p></blockquote>"
)


def test_structure_comes_along(cast, open_page):
    page = open_page(cast.secretary)
    page.goto(f"{OFFICE}/new")

    def pasted(html: str) -> list[object]:
        return page.evaluate(PASTE, ["textarea[data-paste]", html])

    assert pasted(WORD) == [False, MARKDOWN]
    assert page.locator("#pasted-pictures").is_visible()
    assert pasted(PAGE) == [False, "### 标题\n\n- 甲\n   1. 一\n   2. 二\n- 乙\n\n> 引文"]
    assert not page.locator("#pasted-pictures").is_visible()
    page.locator("textarea[data-paste]").press("Control+z")
    assert page.locator("textarea[data-paste]").input_value() == "", "it can be undone"
    assert pasted("<p>只是<span>文字</span></p>") == [True, ""], "plain words are left to the browser"
