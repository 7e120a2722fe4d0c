"""What the rows of each table are called on the pages about a merge."""

from __future__ import annotations

from typing import Any

from portal.core.i18n import lazy_pgettext

# Rows that are about the person; what the person wrote or decided as an officer is counted together.
WORDS = {
    "person": lazy_pgettext("merge", "the record itself"),
    "account": lazy_pgettext("merge", "the account"),
    "affiliation": lazy_pgettext("merge", "registrations"),
    "membership": lazy_pgettext("merge", "memberships"),
    "membership_cover": lazy_pgettext("merge", "covers by a household or an organisation"),
    "membership_application": lazy_pgettext("merge", "applications"),
    "member_card": lazy_pgettext("merge", "member cards"),
    "appointment": lazy_pgettext("merge", "offices"),
    "activity_participant": lazy_pgettext("merge", "activities"),
    "consent": lazy_pgettext("merge", "consents"),
    "reveal": lazy_pgettext("merge", "looks at a number"),
    "personal_request": lazy_pgettext("merge", "requests about own data"),
}
OTHER = lazy_pgettext("merge", "other entries")


def word_of(table: str) -> Any:
    return WORDS.get(table, OTHER)
