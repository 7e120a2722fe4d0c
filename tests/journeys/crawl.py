"""Follows links from page to page: what a page is, which one is worth opening, and which pages nothing leads to."""

from __future__ import annotations

from collections import Counter, deque
from urllib.parse import parse_qs, urljoin, urlsplit

from werkzeug.exceptions import HTTPException

from tests.harness.accessibility import contrast
from tests.harness.browsing import DESK, PHONE
from tests.harness.soaking import SOAKING
from tests.journeys.sources import are_new, links_of, made_of
from tests.journeys.visitor import OVERFLOW

MOST = 120
# Pages of one kind that differ by what they show; of the others one is enough.
VARIED = {"notices.public_page": 4, "notices.office_page": 5, "activities.entry": 2, "home.association": 2,
          "imports.show": 3, "plans.activity": 4, "lending.show": 3,
          "plans.session": 3, "surveys.office_page": 4, "surveys.start": 3}  # fmt: skip
# No pages: files, a feed, a preference, what htmx puts into a page.
FILES = {
    "static", "activities.photo_jpg", "activities.download", "activities.pending", "activities.people",
    "notices.download", "notices.feed", "notices.file",
    "notices.all_json", "notices.all_csv", "home.robots", "home.sitemap_index", "home.sitemap_pages",
    "home.sitemap_file", "home.preferences", "cards.download", "cards.card_pdf", "cards.batch_file",
    "cards.own_pdf", "register.download", "register.figures_file", "members.roll_file", "imports.faults",
    "own.copy_json", "own.copy_pdf", "register.everybody_file", "applications.download", "members.transfers_file",
    "duplicates.download", "duplicates.told_apart_file", "duplicates.merges_file", "own.requests_file",
    "imports.download", "offices.appointments_file", "associations.groups_file", "associations.branches_file",
    "plans.download", "plans.below_file", "hours.download", "signups.download", "signups.session_ics", "signups.feed",
    "certificates.own_pdf", "certificates.certificate_pdf", "certificates.download", "certificates.stars_file",
    "certificates.starred_file",
    "dossiers.download", "dossiers.own_download", "dossiers.training_file", "dossiers.training_places_file",
    "dossiers.training_people_file", "dossiers.course_file", "dossiers.figures_file", "activities.exchange_file",
    "attendance.list_file", "attendance.review_file",
    "volunteers.letter", "volunteers.letters_file", "volunteers.download_registrations", "volunteers.download_terms",
    "members.kinds_file", "offices.terms_file", "imports.rows_file",
    "volunteers.own_letter", "volunteers.blank_form", "volunteers.roster_file", "lending.list_file",
    "bank.lines_file", "bank.files_file", "bank.faults",
    "dues.charges_file", "dues.charging_members_file", "statements.rates_file", "statements.member_file",
    "statements.member_pdf", "statements.own_pdf",
    "statements.year_file", "statements.public_list_file",
    "payments.payments_file", "receipts.receipts_file", "receipts.receipt_pdf", "receipts.own_pdf",
    "receipts.print_file", "handovers.hand_overs_file", "handovers.collector_file",
    "arrears.arrears_file", "arrears.rounds_file", "arrears.round_file", "ledger.journal_file",
    "home.hearings", "reports.workbook", "reports.document", "reports.calendar",
    "objections.download", "objections.feed", "charters.download", "letters.download", "letters.figures_file",
    "ledger.cash_book_file", "levy.levy_file", "levy.people_file", "dues.waivers_file",
    "disclosure.calendar_file", "disclosure.below_file", "surveys.list_file", "surveys.results_file",
    "commendations.download", "commendations.nominations_file", "commendations.call_nominations_file",
    "commendations.candidates_file", "commendations.suggestions_file", "reviews.ranking_file",
    "honours.download", "honours.medals_file", "honours.certificate_pdf", "honours.batch_file", "honours.own_pdf",
    "honours.own_badge", "honours.public_badge", "honours.issuer", "honours.revoked", "honours.kind",
    "surveys.batch_file", "surveys.hand_out_file", "transparency.chain_file", "transparency.head_file",
}  # fmt: skip
# Pages that follow upon sending a form; the stories see them, or the tests of their own actions.
AFTER_A_FORM = {
    "accounts.confirm", "accounts.second_step", "accounts.recovery_sent", "activities.saved", "notices.published",
    "cards.batch_job", "cards.hand_over_all", "verification.show", "applications.check", "applications.sent",
    "volunteers.check", "volunteers.sent", "volunteers.move", "volunteers.renew_all",
    "register.move", "register.end", "register.issue_cards", "register.letter", "register.outcome",
    "attendance.scanned", "receipts.print_job", "dues.charging_run", "dues.charging_preview",
    "letters.check", "letters.sent", "letters.entered", "levy.laying", "surveys.done", "surveys.batch_job",
    "objections.sent", "commendations.sent", "honours.batch_job",
}  # fmt: skip
# What a page is made of: the kinds of its elements and their classes. Colours and columns hang on these.
MADE_OF = """() => [...new Set([...document.querySelectorAll("body *")].flatMap((node) =>
  [node.localName, ...node.classList]))]"""
TRIED_ON = f"""() => {{
  const page = document.documentElement;
  page.setAttribute("data-large", "");
  const over = ({OVERFLOW})();
  page.removeAttribute("data-large");
  return [({MADE_OF})(), over, [...document.links].map((link) => link.href)];
}}"""


class Crawl:
    """Follows the links of an area, one page of each kind and of each question that an address can ask."""

    def __init__(self, app, visitor, client, area, known=()):
        self.app, self.routes, self.visitor, self.client = app, app.url_map.bind("localhost"), visitor, client
        self.area, self.known, self.pages, self.faults = area, Counter(known), [], []
        self.shown: list[str] = []
        self.sources: dict[str, str] = {}

    def run(self, *starts):
        """From the starts on, which are opened as they are."""
        waiting, opened = deque(starts), set()
        while waiting and len(self.pages) < MOST:
            address = waiting.popleft()
            if self.is_new(address) or (address in starts and address not in self.pages):
                self.pages.append(address)
                again = address not in starts and self.endpoint(address) in opened
                opened.add(self.endpoint(address))
                waiting.extend(filter(None, map(self.own, self.read(address) if again else self.open(address))))
        return self

    def open(self, address):
        """The page in the browser; gives the addresses that it names."""
        if not SOAKING:
            return self.glance(address)
        self.visitor.open(address)
        self.led_to(self.own(self.visitor.page.url), address)
        return self.try_on()

    def glance(self, address):
        """The short form: the page as the client gets it."""
        answer = self.client.get(address)
        while 300 <= answer.status_code < 400:
            answer = self.client.get(answer.location)
        shown = self.own(answer.request.url)
        self.led_to(shown, address)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            self.faults.append(f"{address}: {answer.status_code}, {answer.mimetype}")
            return []
        if self.visitor.glance(shown, answer.text):
            self.try_in_english(shown)
        self.sources[shown] = answer.text
        return [urljoin(answer.request.url, link) for link in links_of(answer.text)]

    def led_to(self, shown, address):
        if shown != address:
            self.known[self.endpoint(shown), ()] += 1
        self.shown.append(shown)

    def read(self, address):
        """The same without the browser, if the page is made of nothing but what was looked at."""
        if not SOAKING:
            return self.glance(address)
        answer = self.client.get(address)
        if answer.status_code != 200 or are_new(made_of(answer.text), keep=False):
            return self.open(address)
        self.shown.append(address)
        self.sources[address] = answer.text
        return [urljoin(self.visitor.page.url, link) for link in links_of(answer.text)]

    def is_new(self, address):
        parts = urlsplit(address)
        endpoint = self.endpoint(address)
        if endpoint is None or endpoint in FILES or not self.area(parts.path) or address in self.pages:
            return False
        kind = endpoint, tuple(sorted(parse_qs(parts.query)))
        self.known[kind] += 1
        return self.known[kind] <= VARIED.get(endpoint, 1)

    def endpoint(self, address):
        try:
            return self.routes.match(urlsplit(address).path, "GET")[0]
        except HTTPException:
            return None

    def own(self, link):
        """The path and question of an address of this portal; nothing of any other."""
        base = "{0.scheme}://{0.netloc}".format(urlsplit(self.visitor.page.url if SOAKING else "http://localhost/"))
        return link.removeprefix(base).partition("#")[0] if link.startswith(base + "/") else ""

    def try_on(self):
        """The page in large text and on a desk; where it is made of something new, looked at there and in the dark.

        The visitor has looked at it on a phone in the light. Gives the addresses that it names.
        """
        page = self.visitor.page
        parts, over, links = page.evaluate(TRIED_ON)
        self.note("in large text", over)
        page.set_viewport_size(DESK)
        if are_new(parts):
            self.visitor.look()
            drawn = self.visitor.drawn()
            drawn.emulate_media(color_scheme="dark")
            self.faults += [f"{page.url} in the dark: {fault}" for fault in contrast(drawn)]
            drawn.emulate_media(color_scheme="light")
        else:
            self.note("on a desk", page.evaluate(OVERFLOW))
        page.set_viewport_size(PHONE)
        self.try_in_english(self.own(page.url))
        return links

    def try_in_english(self, address):
        """Its words are the longest: in large text they must find room on a phone."""
        answer = self.client.get(address, headers={"Accept-Language": "en"})
        assert '<html lang="en"' in answer.text, address
        self.visitor.tries_large(address, answer.text)

    def note(self, where, over):
        self.faults += [f"{self.visitor.path} {where}: wider than the screen by {over} px"] if over > 0 else []

    def missed(self):
        """Pages of the area that no link has led to."""
        reached = {endpoint for endpoint, _query in self.known}
        rules = [rule for rule in self.app.url_map.iter_rules() if "GET" in rule.methods and self.area(rule.rule)]
        return sorted({rule.endpoint for rule in rules} - reached - FILES - AFTER_A_FORM)
