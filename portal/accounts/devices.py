"""The name of a device as its owner would say it: "Chrome, Android". No more is read from it, or kept."""

from __future__ import annotations

# In order: a browser names those it descends from as well.
BROWSERS = (
    ("MicroMessenger", "WeChat"), ("AlipayClient", "Alipay"), ("DingTalk", "DingTalk"), ("HuaweiBrowser", "Huawei"),
    ("MiuiBrowser", "Xiaomi"), ("HeyTapBrowser", "OPPO"), ("VivoBrowser", "vivo"), ("UCBrowser", "UC"),
    ("QQBrowser", "QQ"), ("MetaSr", "Sogou"), ("Quark", "Quark"), ("baidubrowser", "Baidu"),
    ("SamsungBrowser", "Samsung"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("Edg/", "Edge"), ("OPR/", "Opera"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("OpenHarmony", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"),
    ("iPad", "iPad"), ("Windows", "Windows"), ("Macintosh", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


def device_name(user_agent: str) -> str:
    """Browser and system; either alone if only one is known; "" for neither."""
    found = [_first(user_agent, BROWSERS), _first(user_agent, SYSTEMS)]
    return ", ".join(name for name in found if name)


def _first(text: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in names if mark in text), "")
