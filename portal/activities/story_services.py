"""What may happen to a story: its title picture is chosen. Never commits."""

from __future__ import annotations

from portal.accounts.models import Account
from portal.activities.models import ActivityLog, ActivityPhoto
from portal.core import audit
from portal.core.errors import RuleError
from portal.core.i18n import _


def choose_title(actor: Account, log: ActivityLog, photo: ActivityPhoto) -> None:
    """Show this photo first, in lists and on top of the story; a story has one title picture.

    Raises RuleError for a photo that is seen in the office only. It shows nobody who does not agree: without consent
    it is not shown, as title or otherwise.
    """
    if not photo.is_public:
        raise RuleError("", _("Only a photo that everybody may see can be the title picture."))
    if photo.is_title:
        return
    for one in log.photos:
        one.is_title = one is photo
    audit.record(actor, "activities.choose_title", log, {"photo": photo.public_id})
