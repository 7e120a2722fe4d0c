"""Index numbers by the pattern that the federation sets: what was given stays, none comes twice."""

from __future__ import annotations

from portal.core.calendar import today
from portal.notices import index_numbers
from tests.harness.cases import either_engine
from tests.notices.rows import acting, published
from tests.objections.test_period import refused

URL = "/office/qinghe/index-numbers"


def test_another_pattern_counts_on_and_old_numbers_stay(cast, db_session):
    year, admin = today().year, acting(cast.administrator)
    first = published(cast.secretary, cast.community)
    assert first.index_number == f"WANGJIANG-{year}-0001"
    schemes = (
        ("｛code｝/{serial}", 3, "WANGJIANG/001"),
        ("{code}-{year}-{serial}", 6, f"WANGJIANG-{year}-000002"),  # what was given by it is counted on
        ("{code}-{year}-{serial}", 3, f"WANGJIANG-{year}-003"),
        ("{code}-{serial}", 5, "WANGJIANG-00001"),  # the year in the other numbers is no serial of this one
        ("{code}-{serial}-{year}", 4, f"WANGJIANG-0001-{year}"),
    )
    for pattern, digits, given in schemes:
        index_numbers.set_scheme(admin, cast.federation, pattern, digits)
        assert published(cast.secretary, cast.community).index_number == given
    assert index_numbers.next_number(cast.community) == f"WANGJIANG-0002-{year}"
    assert index_numbers.next_number(cast.village).endswith(f"-0001-{year}")
    assert first.index_number == f"WANGJIANG-{year}-0001"


@either_engine
def test_looked_at_then_settled(cast, sign_in, client):
    administrator = sign_in(cast.administrator)
    form = {"pattern": "{code}-{serial}", "digits": "5"}
    look = administrator.submit(URL, form)
    assert look.status_code == 200
    assert "-00001</b>" in look.text
    assert index_numbers.scheme_of(cast.community) == (index_numbers.DEFAULT_PATTERN, index_numbers.DEFAULT_DIGITS)
    assert administrator.force(URL, {**form, "settle": "yes"}).status_code == 303
    assert index_numbers.scheme_of(cast.community) == ("{code}-{serial}", 5)
    assert "{code}-{serial}" in administrator.page("/office/qinghe/subjects").get_text()
    for pattern, digits in (("{serial}", 5), ("{code}", 5), ("{code}-{serial}", 2), ("{code}{x}{serial}", 5)):
        wrong = {"pattern": pattern, "digits": str(digits), "settle": "yes"}
        assert administrator.force(URL, wrong).status_code == 422
    assert refused(index_numbers.checked, "{serial}", 5) == "pattern"
    assert sign_in(cast.secretary).get(URL.replace("qinghe", "wangjiang")).status_code == 404
    assert sign_in(cast.sibling).get(URL).status_code == 404
    assert client.get(URL).status_code == 303
