"""The documentation is all there without an internet, and shows the OpenAPI document."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

FROM_ELSEWHERE = re.compile(
    r"""(?:\b(?:src|href)\s*=\s*|\burl\s*\(\s*)["']?\s*(?:https?:)?//""", re.IGNORECASE
)


class Links(HTMLParser):
    """What a page has the browser fetch."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.inline_scripts = 0

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.found += [named[name] for name in ("src", "href") if named.get(name)]
        self.inline_scripts += tag == "script" and "src" not in named


@pytest.fixture
async def page(central):
    answer = await central.anonymous.get("/docs")
    assert answer.status_code == 200
    return answer


@pytest.fixture
def links(page):
    parser = Links()
    parser.feed(page.text)
    return parser


async def test_every_file_that_the_page_names_comes_from_this_central_system(central, page, links):
    assert len(links.found) == 4
    for link in links.found:
        url = urljoin(str(page.url), link)
        assert urlsplit(url).netloc == urlsplit(str(page.url)).netloc
        answer = await central.anonymous.get(url)
        assert answer.status_code == 200, url
        assert answer.content
        if not url.endswith(".png"):
            assert not FROM_ELSEWHERE.search(answer.text), url


async def test_the_page_and_its_start_name_no_other_host(central, page):
    start = (await central.anonymous.get("/docs/start.js")).text
    for text in (page.text, start):
        assert "//" not in text
    assert "validatorUrl: null" in start, "a badge would send the document to another host"


async def test_the_page_shows_the_openapi_document_which_is_3_1(central, page):
    start = (await central.anonymous.get("/docs/start.js")).text
    named = re.search(r'url: "([^"]+)"', start).group(1)
    document = await central.anonymous.get(urljoin(str(page.url), named))
    assert document.json()["openapi"].startswith("3.1")


async def test_the_bundled_swagger_ui_is_one_that_knows_openapi_3_1(central):
    script = (await central.anonymous.get("/docs/swagger-ui-bundle.js")).text
    version = re.search(r'PACKAGE_VERSION:"(\d+)\.', script)
    assert int(version.group(1)) >= 5, "OpenAPI 3.1 is shown from 5.0 on"


async def test_the_browser_is_told_to_take_nothing_from_elsewhere(page, links):
    policy = dict(
        part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == "'self'"
    assert not any("http" in sources or "*" in sources for sources in policy.values())
    assert links.inline_scripts == 0, "the policy forbids them"


@pytest.mark.parametrize("path", ["/redoc", "/docs/oauth2-redirect"])
async def test_the_pages_that_need_another_host_are_not_there(central, path):
    assert (await central.anonymous.get(path)).status_code == 404
