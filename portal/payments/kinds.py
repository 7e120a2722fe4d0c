"""How money comes, for the forms of rooms above too."""

from __future__ import annotations

from portal.core.i18n import lazy_pgettext
from portal.core.labels import Labelled


class Method(Labelled):
    CASH = "cash", lazy_pgettext("payment", "Cash")
    TRANSFER = "transfer", lazy_pgettext("payment", "Bank transfer")
    MOBILE = "mobile", lazy_pgettext("payment", "Mobile payment")
    OPENING = "opening", lazy_pgettext("payment", "Opening balance")


class RefundWay(Labelled):
    """How credit leaves: paid back, or left to the association by the payer."""

    CASH = "cash", lazy_pgettext("payment", "Cash")
    TRANSFER = "transfer", lazy_pgettext("payment", "Bank transfer")
    MOBILE = "mobile", lazy_pgettext("payment", "Mobile payment")
    FORGONE = "forgone", lazy_pgettext("refund", "Not at all: the payer leaves it to the association")
