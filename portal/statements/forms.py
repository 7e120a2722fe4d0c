"""The shape of what is typed about yearly statements."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import Length

from portal.core.forms import BaseForm, Required
from portal.core.i18n import lazy, lazy_pgettext


class DiscloseForm(BaseForm):
    remarks = TextAreaField(lazy_pgettext("statement", "Remarks"), [Length(max=1_000)])


class WithdrawForm(BaseForm):
    reason = TextAreaField(lazy("Reason"), [Required(lazy("Say why it is withdrawn.")), Length(max=300)])
