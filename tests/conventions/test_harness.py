"""What the other tests stand on does what they trust it for."""

from __future__ import annotations

import subprocess
import threading

import pytest
from sqlalchemy import func, select

from portal.associations.models import Association
from portal.core.database import db
from tests.harness import folders
from tests.harness.accessibility import axe
from tests.harness.cases import each
from tests.harness.client import faults_that_lead_nowhere, form_values
from tests.harness.factory import make_association
from tests.harness.folders import make_folder
from tests.harness.markup import faults_of
from tests.harness.missing import program


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Association)) or 0


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_a_test_commits_is_gone_after_it(app, cast, time):
    """The second would fail on a code that is taken, and count too many, if the first had left anything."""
    db.session.commit()
    assert count() == 6


def test_control_the_rollback_is_what_removes_it(live_app, cast, apps, engine_kind):
    """In a live app a second connection sees what the test committed."""
    with db.engine.connect() as other:
        assert other.scalar(select(func.count()).select_from(Association)) == 6
    with apps.live(engine_kind):
        assert count() == 0


def test_the_engine_is_the_one_named(app, engine_kind):
    assert db.session.connection().dialect.name == engine_kind


def test_migrations_made_the_tables(app):
    assert db.session.scalar(db.text("SELECT count(*) FROM alembic_version")) == 1


def test_a_request_commits_and_the_test_sees_it(app, cast, client):
    """A request runs in a session and with a `g` of its own; what it commits stays until the test ends."""
    cast.community.name = "改名社区协会"
    assert "清河区" in client.get("/").text
    assert db.session.get(Association, cast.community.id).name == "改名社区协会"


def test_two_people_at_once(cast, sign_in):
    """Each client is its own person: nobody is signed in by the request before."""
    codes = {name: sign_in(account).get("/office/wangjiang").status_code for name, account in cast.accounts().items()}
    assert codes["secretary"] == codes["chair"] == codes["leader"] == codes["administrator"] == 200
    assert codes["sibling"] == codes["stranger"] == codes["member"] == codes["ended"] == 404


def test_csrf_is_on(app, client, cast):
    assert app.config.get("WTF_CSRF_ENABLED", True)
    assert client.post("/sign-in", data={}).status_code == 400
    assert client.force("/sign-in").status_code != 400


def test_form_values_are_what_a_browser_would_send(soup):
    form = soup(
        '<form><input name="a" value="1"><input type=checkbox name="b" value="x" checked>'
        '<input type=checkbox name="b" value="y" checked><input type=radio name=c value=n>'
        "<select name=d><option>1<option selected>2</select><textarea name=e>\ntext</textarea>"
        "<button name=f value=g>Send</button><input type=file name=h></form>"
    )
    assert form_values(form) == {"a": "1", "b": ["x", "y"], "d": "2", "e": "text"}


def test_statements_are_counted(app, query_count):
    with query_count() as queries:
        count()
        db.session.begin_nested()
        count()
    assert len(queries) == 2


def test_threads_share_a_live_app(live_app, cast):
    seen = []

    def look() -> None:
        with live_app.app_context():
            seen.append(count())

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [6] * 4


@pytest.mark.engines("sqlite")
def test_the_browser_complains(open_page, cast):
    """axe finds a planted fault, and a page without JavaScript runs none."""
    page = open_page()
    page.goto("/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"/favicon.ico\">')")
    assert any(line.startswith("image-alt") for line in axe(page))
    plain = open_page(javascript=False)
    plain.goto("/")
    assert plain.locator("html").get_attribute("lang") == "zh-Hans"


TINY = """() => {
  for (const word of ["一", "二"]) {
    const button = document.querySelector("main").appendChild(document.createElement("button"));
    button.append(word);
    button.style.cssText = "display: inline-block; width: 12px; height: 12px; min-height: 0; min-width: 0; padding: 0"
  }
}"""


@pytest.mark.engines("sqlite")
def test_axe_is_asked_of_what_is_new_beside_what_is_sound(open_page):
    """A page found sound; then small targets side by side in it, and a text outside of its landmarks."""
    page = open_page()
    page.goto("/sign-in")
    assert axe(page, whole=True) == []
    page.evaluate(TINY)
    assert any(line.startswith("target-size") for line in axe(page, whole=True))
    page.goto("/sign-in")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p>外面的字</p>')")
    assert any(line.startswith("region") for line in axe(page, whole=True))


@pytest.mark.engines("sqlite")
def test_the_short_form_asks_axe_of_a_kind_of_element_that_is_new(open_page):
    """Of what no page had so far; and of nothing that was found sound."""
    page = open_page()
    page.goto("/sign-in")
    assert axe(page, whole=False) == []
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<button class=unheard></button>')")
    for _ in range(2):
        assert any(line.startswith("button-name") for line in axe(page, whole=False))


def test_a_source_is_read_for_what_needs_no_browser():
    sound = "<title>一</title><body><h1>一</h1><label for=a>甲</label><input id=a><a href=/>乙</a><img alt=''>"
    assert faults_of(sound) == []
    planted = {
        "no title": ("一</title>", "</title>"),
        "2 h1": ("<a", "<h1>二</h1><a"),
        "h1 is followed by h3": ("<a", "<h3>三</h3><a"),
        "no label": ("for=a", ""),
        "no name": ("乙", ""),
        "no alt": (" alt=''", ""),
        "2 times the id a": ("<img", "<img id=a"),
    }
    for fault, (old, new) in planted.items():
        assert [found for found in faults_of(sound.replace(old, new)) if found.startswith(fault)], fault


@pytest.mark.engines("sqlite")
def test_a_signed_in_page(open_page, cast):
    page = open_page(cast.secretary, language="en")
    assert page.goto("/office/wangjiang").status == 200


def test_what_is_missing_is_skipped_or_in_strict_runs_fails(monkeypatch):
    monkeypatch.delenv("PORTAL_TEST_STRICT", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-program is missing: apt-get install nowhere"):
        program("no-such-program", "nowhere")
    monkeypatch.setenv("PORTAL_TEST_STRICT", "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-program is missing"):
        program("no-such-program", "nowhere")


def test_a_killed_run_leaves_no_folder_behind(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    gone = subprocess.Popen(["true"])
    gone.wait()
    (tmp_path / f"portal-test-{gone.pid}-left").mkdir()
    first, second = make_folder(), make_folder()
    assert sorted(tmp_path.iterdir()) == sorted([first, second])


def test_where_memory_is_scarce_a_run_lies_on_the_disk(monkeypatch, tmp_path):
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(folders, "PLENTY", 2**60)
    assert make_folder().parent == tmp_path


@pytest.fixture
def soup():
    from bs4 import BeautifulSoup

    return lambda text: BeautifulSoup(text, "html.parser").form


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_a_live_test_commits_is_gone_after_it(live_app, cast, time):
    assert count() == 6
    make_association("又一", cast.federation, code="again")
    cast.community.name = "改名社区协会"
    db.session.commit()
    assert count() == 7


@pytest.mark.engines("postgresql")  # on SQLite each is a new file
def test_a_database_goes_on_to_the_next_test_unless_its_tables_were_changed(apps, engine_kind):
    names = []
    for change in (
        "UPDATE alembic_version SET version_num = 'x'",
        "ALTER TABLE consent ADD odd text",
        "SELECT 1",
    ):
        with apps.lent(engine_kind):
            names.append(db.engine.url.database)
            assert db.session.scalar(db.text("SELECT count(*) FROM alembic_version WHERE version_num <> 'x'")) == 1
            db.session.execute(db.text(change))
            db.session.commit()
    assert names[0] == names[1] != names[2]


@each(("name", "found"), [("一", 6), ("二", 6)])
def test_what_a_case_writes_is_gone_before_the_next(cast, client, name, found):
    """Also what a request committed; the second would count too many."""
    assert count() == found
    make_association(name, cast.federation, code="twice")
    assert name in client.get("/associations").text
    assert count() == found + 1


def test_control_a_case_that_fails_fails_the_test(app):
    @each("number", [1, 2, 3])
    def test(number):
        assert number < 3

    with pytest.raises(AssertionError) as caught:
        test()
    assert caught.value.__notes__ == ["in the case {'number': 3}"]


@pytest.mark.parametrize(
    ("field", "lost"),
    [
        ('<input id="said" name="said">', []),
        ('<input name="said">', ["said"]),  # the control: it stands there, and nothing leads to it
        ('<input type="hidden" name="said">', []),
        ("", []),
    ],
)
def test_a_fault_leads_to_its_field(field, lost):
    summary = '<div class="summary" role="alert"><ul><li><a href="#said">Enter it.</a></li></ul></div>'
    assert faults_that_lead_nowhere(f"<main>{summary}<form>{field}</form></main>") == lost
