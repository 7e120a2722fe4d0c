"""The pairs as files: the queue, those told apart, and what was merged; phones masked, only what both may see."""

from __future__ import annotations

from portal.associations.models import Association
from portal.core.calendar import today
from portal.core.database import db
from portal.duplicates import services
from portal.people.models import AffiliationKind
from tests.duplicates.rows import BORN, URL, make_pair
from tests.harness.cases import each, either_engine
from tests.harness.factory import affiliate, make_person
from tests.harness.sheets import fetch, links

FILES = (f"{URL}/list", f"{URL}/told-apart", f"{URL}/merges")


def place(cast) -> Association:
    return db.session.get_one(Association, cast.community.id)


def test_the_queue(cast, sign_in):
    one, other = make_pair(place(cast))
    for group in (None, cast.group.id):
        held = make_person("=1+1", birth_on=BORN, phone="13912345678")
        affiliate(held, place(cast), AffiliationKind.VOLUNTEER, group_id=group)
    db.session.commit()
    client = sign_in(cast.secretary)
    lines = fetch(client, FILES[0])
    assert [line[0] for line in lines] == [row.b.get_text() for row in client.page(URL).select("tbody tr")]
    assert ["钟若兰", one.masked_phone, "望江社区协会", "钟若兰", other.masked_phone, "望江社区协会",
            "姓名相同、出生日期相同"] in lines  # fmt: skip
    shared = "姓名相同、电话相同、出生日期相同"
    assert [line[1:3] + line[4:] for line in lines if line[0] == "=1+1"] == [
        ["*******5678", "望江社区协会", "*******5678", "望江社区协会 · 第一小组", shared]
    ]
    assert links(client.page(URL)) == [f"{FILES[0]}.{form}" for form in ("xlsx", "csv")]


def test_told_apart_and_merged(cast, sign_in):
    apart, same = make_pair(place(cast)), make_pair(place(cast))
    services.tell_apart(cast.secretary, place(cast), *apart)
    services.merge(cast.secretary, place(cast), *same, services.Choice())
    db.session.commit()
    client, day = sign_in(cast.secretary), today().isoformat()
    one, other = sorted(apart, key=lambda person: person.id)
    assert fetch(client, FILES[1]) == [["钟若兰", one.masked_phone, "钟若兰", other.masked_phone, day]]
    assert fetch(client, FILES[2]) == [["钟若兰", "钟若兰", day, "已合并"]]
    for file in FILES[1:]:
        assert links(client.page(file)) == [f"{file}.{form}" for form in ("xlsx", "csv")]


def test_only_pairs_of_which_both_are_in_reach(cast, sign_in):
    make_pair(place(cast), db.session.get_one(Association, cast.sibling_community.id))
    db.session.commit()
    assert fetch(sign_in(cast.secretary), FILES[0]) == []
    assert fetch(sign_in(cast.sibling), "/office/tingyu/duplicates/list") == []
    assert len(fetch(sign_in(cast.chair), "/office/liuan/duplicates/list")) == 1


@either_engine
@each("file", FILES)
def test_who_may_not(cast, sign_in, client, file):
    make_pair(place(cast))
    for role, status in (("treasurer", 403), ("leader", 403), ("sibling", 404), ("ended", 404), ("member", 404)):
        assert sign_in(getattr(cast, role)).get(f"{file}.csv").status_code == status, role
    assert client.get(f"{file}.xlsx").location.startswith("/sign-in")


@either_engine
def test_ten_cost_no_more_questions_than_one(cast, sign_in, query_count):
    client, counts = sign_in(cast.secretary), []
    for names in ("甲", "乙丙丁戊己庚辛壬癸"):
        for name in names:
            for _ in range(2):
                affiliate(make_person(f"赵{name}", birth_on=BORN), place(cast))
        db.session.commit()
        with query_count() as asked:
            client.get(f"{FILES[0]}.csv")
        counts.append(len(asked))
    assert counts[0] == counts[1], asked
