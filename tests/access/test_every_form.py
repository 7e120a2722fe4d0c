"""Every form of the portal, met on one walk: first forged, then filled with hostile texts.

What is forged is taken back each time (test_mass_assignment); what is typed stays, and every page is read again
(test_hostile_texts). The controls of both are in their own files.
"""

from __future__ import annotations

import pytest

from tests.access.test_hostile_texts import dangers_of, nothing_typed_is_markup
from tests.access.test_mass_assignment import takes_what_it_asks_for
from tests.access.walk import walk

# Neither what a form asks for nor how a page shows a text depends on the database.
pytestmark = pytest.mark.engines("sqlite")


def test_a_form_takes_what_it_asks_for_and_nothing_typed_is_markup(app, cast):
    own: set[str] = set()
    walked = walk(app, cast, lambda url, response: own.update(dangers_of(url, response)))
    takes_what_it_asks_for(app, walked)
    nothing_typed_is_markup(app, walked, own)
