"""The emulator's pages in a real browser (Chromium); without one the skip says so."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from pulumi_comfycontrol.emulator import Emulator

from .api import Api

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not BROWSER or not DRIVER,
    reason="no Chromium with its driver here (Debian: apt install chromium chromium-driver)",
)
OPTIONS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
LONG = f"https://{'x' * 200}.example"
SITE = Path(__file__).parents[2] / "pulumi_comfycontrol" / "emulator" / "control" / "site"


class Page:
    """A page of an emulator in a browser."""

    def __init__(self, browser: Any, url: str) -> None:
        self.browser = browser
        browser.get(url)

    def until(self, condition: Callable[[], Any]) -> Any:
        """Wait for a page that follows the emulator."""
        ignored = [StaleElementReferenceException]
        wait = WebDriverWait(self.browser, 15, 0.1, ignored_exceptions=ignored)
        return wait.until(lambda _: condition())

    def text(self, id_: str) -> str:
        """The text of an element."""
        return str(self.browser.find_element(By.ID, id_).text)

    def shows(self, id_: str, words: str) -> None:
        """Wait until an element shows some words."""
        self.until(lambda: words in self.text(id_))

    def click(self, selector: str) -> None:
        """Click on the element of a CSS selector, once it exists and is not being replaced."""

        def done() -> bool:
            for one in self.browser.find_elements(By.CSS_SELECTOR, selector):
                self.browser.execute_script("arguments[0].click()", one)
                return True
            return False

        self.until(done)

    def fill(self, **fields: str) -> None:
        """Fill in the form of the dialog, and save it."""
        for name, text in fields.items():
            one = self.browser.find_element(By.CSS_SELECTOR, f"#dialog [name={name}]")
            if one.tag_name == "select":
                Select(one).select_by_visible_text(text)
            else:
                one.clear()
                one.send_keys(text)
        self.click("#dialog .main")

    def width(self) -> int:
        """How wide the content is, in pixels."""
        return int(self.browser.execute_script("return document.documentElement.scrollWidth"))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Chromium without a window."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for one in (*OPTIONS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(one)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def page(browser: Any, emulator: Emulator) -> Iterator[Page]:
    """The emulator's first page; the browser's console has to stay empty."""
    emulator.settings.rate_limit = True
    one = Page(browser, emulator.url)
    one.until(lambda: one.text("exports"))
    browser.get_log("browser")  # those of pages whose emulator has ended
    yield one
    complaints = browser.get_log("browser")
    browser.get("about:blank")
    assert [entry["message"] for entry in complaints] == []


def test_the_page_follows_the_emulator(page: Page, emulator: Emulator, api: Api) -> None:
    """Objects, requests and the quota's window, without being loaded again."""
    page.shows("runners", "No runner yet")
    api.create(name="GPU in Paris", headers={"X-Farm-Key": "hidden-value"})
    page.shows("runners", "GPU in Paris")
    page.shows("requests", "/v1/runner")
    page.shows("gauge", "1 of 40 in 10 s")
    assert "hidden-value" not in page.browser.page_source
    assert page.browser.find_elements(By.CSS_SELECTOR, "#timeline .bar-ok")


def test_a_closed_address_is_seen(page: Page, api: Api) -> None:
    """The seconds that are left after a 429 are counted down."""
    for _ in range(41):
        api.send("GET", "/v1/user")
    page.shows("gauge", "closed for")
    assert page.browser.find_elements(By.CSS_SELECTOR, "#timeline .cool-down")
    page.click("#advance")
    page.until(lambda: "closed" not in page.text("gauge"))


def test_the_gauge_and_the_line_are_what_the_limit_counts(
    page: Page, emulator: Emulator, api: Api
) -> None:
    """A 429 of the limit sets both to 0, one that a fault orders does not."""

    def used() -> int:
        answer = requests.get(f"{emulator.url}/emulator/requests/summary", timeout=10).json()
        return sum(int(one["in_window"]) for one in answer["quota"])

    def line() -> float:
        points = page.browser.find_element(By.CSS_SELECTOR, "#timeline .in-window")
        return float(str(points.get_attribute("points")).rpartition(",")[2])

    emulator.clock.multiplier = 0
    empty = page.until(line)
    emulator.fault("status", status=429)
    for _ in range(30):
        api.send("GET", "/v1/user")
    page.shows("gauge", "30 of 40 in 10 s")
    assert used() == 30
    page.until(lambda: line() < empty)
    for _ in range(11):
        api.send("GET", "/v1/user")
    page.shows("gauge", "0 of 40 in 10 s, closed for 10 s")
    assert used() == 0
    page.until(lambda: line() == empty)


def test_objects_are_added_edited_and_deleted(page: Page, emulator: Emulator) -> None:
    """As in the dashboard; a refused change says why."""
    page.click("#runners .main")
    page.fill(name="New", endpoint="http://new", tags="a, b", headers="X-Key: 1: 2")
    page.shows("runners", "New")
    [row] = emulator.runners.all()
    assert (row["tags"], row["headers"]) == (["a", "b"], {"X-Key": "1: 2"})
    page.click("#runners [aria-label='Edit New']")
    page.fill(headers="nonsense")
    page.shows("dialog", "“nonsense” is no header")
    page.fill(name="Newer", headers="", status="disabled")
    page.shows("runners", "Newer")
    assert emulator.runners.all()[0]["status"] == "disabled"
    page.browser.execute_script("window.confirm = () => true")
    page.click("#runners [aria-label='Delete Newer']")
    page.shows("runners", "No runner yet")
    assert emulator.runners.all() == []


def test_a_fault_is_added_and_used_up(page: Page, api: Api) -> None:
    """It stands in the list until it has happened."""
    page.click("#add-fault")
    page.fill(kind="status", method="GET", path="/v1/user", status="503")
    page.shows("faults", "GET /v1/user")
    assert api.send("GET", "/v1/user").status_code == 503
    page.shows("faults", "None")


def test_a_setting_is_changed_and_undone(page: Page, emulator: Emulator) -> None:
    """Under its group's heading; a changed one comes first under another, with a way back."""

    def headings() -> list[str]:
        return [one.text for one in page.browser.find_elements(By.CSS_SELECTOR, "#settings h3")]

    emulator.settings.create_status = 200
    page.until(lambda: headings()[:1] == ["Changed"])
    groups = ["Accounts", "Latency and limit", "Creates", "Ids and times", "Answers", "Lists"]
    assert headings()[1:] == [*groups, "Values", "Updates", "Deletions"]
    page.browser.find_element(By.ID, "find-setting").send_keys("put_answer")
    [select] = page.until(lambda: page.browser.find_elements(By.CSS_SELECTOR, "#settings select"))
    assert headings() == ["Updates"]
    Select(select).select_by_visible_text("stale")
    page.until(lambda: emulator.settings.put_answer == "stale")
    page.until(lambda: headings() == ["Changed"])
    page.click("#settings .changed button")
    page.until(lambda: emulator.settings.put_answer == "object")


def test_reset_takes_everything_back(page: Page, emulator: Emulator, api: Api) -> None:
    """After a question."""
    emulator.runners.seed(name="GPU")
    page.shows("runners", "GPU")
    page.browser.execute_script("window.confirm = () => false")
    page.click("#reset")
    assert len(emulator.runners.all()) == 1
    page.browser.execute_script("window.confirm = () => true")
    page.click("#reset")
    page.shows("runners", "No runner yet")


def test_the_export_lines_are_copied(page: Page, emulator: Emulator) -> None:
    """The button copies both variables, ready for a shell."""
    lines = (
        f"export COMFYCONTROL_API_URL={emulator.url}\n"
        f"export COMFYCONTROL_API_TOKEN={emulator.token}"
    )
    assert page.text("exports") == lines
    page.browser.execute_script(
        "navigator.clipboard.writeText = async (text) => { window.copied = text }"
    )
    page.click("#copy")
    page.shows("copy", "Copied")
    assert page.browser.execute_script("return window.copied") == f"{lines}\n"


@pytest.mark.parametrize("path", ["/", "/docs"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_fits_a_screen(
    browser: Any, emulator: Emulator, path: str, width: int, scheme: str
) -> None:
    """Nothing is wider than a phone, and the background is that of the reader's scheme."""
    emulator.runners.seed(
        name="long" * 30, endpoint=f"https://{'x' * 200}.example", tags=["y" * 99]
    )
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    try:
        one = Page(browser, emulator.url + path)
        one.until(lambda: browser.find_elements(By.CSS_SELECTOR, ".item, .operation"))
        assert one.width() <= width
        colour = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        assert (int(colour.split("(")[1].split(",")[0]) < 128) == (scheme == "dark")
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_the_viewer_sends_requests(browser: Any, emulator: Emulator) -> None:
    """The example of an operation works as it stands, in JSON and as a form."""
    one = Page(browser, f"{emulator.url}/docs#create_runner")
    for operation in ("create_runner", "create_template"):
        one.click(f"#{operation} .main")
        [answer] = browser.find_elements(By.CSS_SELECTOR, f"#{operation} .response")
        one.until(lambda at=answer: "201" in at.get_attribute("textContent"))
    assert len(emulator.runners.all()) == len(emulator.templates.all()) == 1


def test_nothing_is_loaded_from_elsewhere(browser: Any, emulator: Emulator) -> None:
    """The pages work without a network."""
    browser.get_log("performance")
    for path in ("/", "/docs"):
        one = Page(browser, emulator.url + path)
        one.until(lambda: browser.find_elements(By.CSS_SELECTOR, ".item, .empty, .operation"))
    messages = [json.loads(entry["message"]) for entry in browser.get_log("performance")]
    sent = [one["message"]["params"] for one in messages if "requestWillBeSent" in str(one)]
    urls = {one["request"]["url"] for one in sent if "request" in one}
    assert urls
    assert {url for url in urls if not url.startswith(emulator.url)} == set()


def test_the_pages_are_in_the_package() -> None:
    """Every file of the site is served by its name."""
    with Emulator() as emulator:
        for path in SITE.iterdir():
            answer = requests.get(f"{emulator.url}/site/{path.name}", timeout=10)
            assert answer.content == path.read_bytes()
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
