"""The words of this feature: what the rows of a table are called, and what makes two records look like one person."""

from __future__ import annotations

from typing import Any

from portal.core.i18n import lazy, lazy_pgettext
from portal.people.models import Person

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
    "volunteer": lazy_pgettext("merge", "places on a roster"),
    "sign_up": lazy_pgettext("merge", "sign-ups for the same session"),
    "hours_entry": lazy_pgettext("merge", "service hours"),
    "star_grant": lazy_pgettext("merge", "stars"),
    "nomination": lazy_pgettext("merge", "nominations in one category"),
    "reviewer": lazy_pgettext("merge", "places among the reviewers of one call"),
    "honour": lazy_pgettext("merge", "commendations"),
    "personal_request": lazy_pgettext("merge", "requests about own data"),
}
SIGNS = {"name": lazy("Same name"), "phone": lazy("Same phone"), "birth": lazy("Same date of birth")}
OTHER = lazy_pgettext("merge", "other entries")


def word_of(table: str) -> Any:
    return WORDS.get(table, OTHER)


def signs_of(one: Person, other: Person) -> list[str]:
    """What makes two records look like one person, as keys of SIGNS."""
    found = {
        "name": one.sort_key == other.sort_key,
        "phone": bool(one.phone_index) and one.phone_index == other.phone_index,
        "birth": one.birth_on is not None and one.birth_on == other.birth_on,
    }
    return [sign for sign, is_shared in found.items() if is_shared]
