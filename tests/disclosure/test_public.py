"""What everybody reads: who keeps the calendar and who is late; guides, the nearest association's own first."""

from __future__ import annotations

from datetime import UTC, datetime

from portal.core.calendar import at
from portal.core.database import db
from portal.disclosure import services
from tests.disclosure.rows import make_duty, make_guide
from tests.harness.cases import either_engine
from tests.notices.rows import acting, published

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def test_the_calendar_tells_what_is_late(cast, client):
    place = db.session.merge(cast.community)
    place.created_at = datetime(2020, 1, 1, tzinfo=UTC)
    duty = make_duty(cast.federation)
    with at(NOON):
        late = client.page("/policies/calendar?association=wangjiang")
        assert len(late.main.select("td .tag.red")) == 1
        notice = published(cast.secretary, place)
        services.record(acting(cast.secretary), place, duty, duty.starts_on, notice)
        done = client.page("/policies/calendar?association=wangjiang").main
        assert done.find("a", href=f"/notices/{notice.public_id}")
        assert not done.select("td .tag.red")
        listed = client.page("/policies/calendar?q=望江").main
        assert [cell.get_text() for cell in listed.select("tbody td")] == ["1", "1", "—"]
        assert client.page("/policies/calendar?q=无此协会").select(".empty")
    assert client.get("/policies/calendar?association=none").status_code == 404


@either_engine
def test_guides_nearest_first(cast, client):
    """Of two with one title the nearer stands; a sister's, one that is not shown and one that ended do not."""
    above = make_guide(cast.federation, "怎样加入协会", summary="联合会的说明。")
    make_guide(cast.federation, "怎样转会")
    make_guide(cast.sibling_community, "听雨入会须知")
    make_guide(cast.community, "尚未公开", is_open=False)
    make_guide(cast.community, "已经停用", ended_on=NOON.date())
    own = make_guide(cast.community, "怎样加入协会", who="- 住在望江的居民", link="/join", cost="免费")
    above_id, own_id = above.public_id, own.public_id
    links = client.page("/policies/guides/apply?association=wangjiang").main.select("li a")
    assert [link.get_text() for link in links] == ["怎样加入协会", "怎样转会"]
    assert own_id in links[0]["href"]
    assert above_id in client.page("/policies/guides/apply").main.select("li a")[0]["href"]
    page = client.page(f"/policies/guides/apply/{own_id}").main
    assert page.find("a", class_="btn", href="/join")
    assert "住在望江的居民" in page.get_text()
    assert "怎样转会" in client.page("/policies/guides").get_text()
    for wrong in ("ask/" + own_id, "apply/" + "x" * 12, "nothing"):
        assert client.get(f"/policies/guides/{wrong}").status_code == 404, wrong
