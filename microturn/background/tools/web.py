"""`search_web` and `read_page`, offered only when they are configured (`Web`).

A search goes to one configured endpoint. A page is read over http or https from public addresses alone: every name is resolved
here, each of its addresses is checked, and the connection goes to a checked address (after each redirect, too), so no name
can lead to this machine or its network. Proxies of the environment are not used. No cookies, no credentials, no scripts.
What comes back was written by others. An address that neither the user gave nor a search found is read only when the user says so.
"""

import asyncio
import json
import socket
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Any

from microturn.background.brief import Brief
from microturn.background.tools.tool import JSON, Found, Tool, ToolError

if TYPE_CHECKING:
    import httpx2

ENGINES = {
    "searxng": "",
    "brave": "https://api.search.brave.com/res/v1/web/search",
    "tavily": "https://api.tavily.com/search",
}
MOST_BYTES, MOST_REDIRECTS, MOST_RESULTS, MOST_TRIED = 1 << 20, 5, 5, 3
MOST_QUERY, MOST_URL, MOST_SNIPPET = 300, 2000, 300
TEXTS = (
    "text/html",
    "application/xhtml+xml",
    "text/plain",
    "text/markdown",
    "application/json",
    "application/xml",
    "text/xml",
)
NAT64, REACHED_V6 = IPv6Network("64:ff9b::/96"), IPv6Network("2000::/3")
NOT_PUBLIC = (IPv4Network("192.88.99.0/24"), IPv4Network("168.63.129.16/32"))  # a relay of 6to4; a cloud's own services
AGENT = "microturn (a person's assistant)"
NOT_READ = "that page cannot be read"


@dataclass(frozen=True, kw_only=True)
class Web:
    """`engine` is one of `ENGINES`, `url` its address (SearXNG's own; else not needed), `key` its key (SearXNG needs none).

    `pages`: whether pages may be read. `private`: whether they may lie on this machine or in its network.
    """

    engine: str = ""
    url: str = ""
    key: str = ""
    pages: bool = False
    private: bool = False
    timeout_s: float = 10.0

    def __post_init__(self) -> None:
        if self.engine and self.engine not in ENGINES:
            raise ValueError(f"there is no search engine {self.engine!r}; there are {', '.join(ENGINES)}")
        if self.engine == "searxng" and not self.url.startswith(("http://", "https://")):
            raise ValueError("searxng needs its url, like http://localhost:8888")
        if self.engine in ("brave", "tavily") and not self.key:
            raise ValueError(f"{self.engine} needs a key")
        if self.timeout_s <= 0:
            raise ValueError(f"timeout_s must be positive, got {self.timeout_s}")


def web(settings: Web) -> list[Tool]:
    """The tools that are configured."""

    async def search(arguments: JSON, _: Brief) -> Found:
        return Found(text=await searched(arguments["query"], settings))

    async def read(arguments: JSON, _: Brief) -> Found:
        return Found(text=await page(arguments["url"], settings))

    tools: list[Tool] = []
    if settings.engine:
        summary = "Search the web: titles, addresses and a few lines of the best pages."
        tools.append(_tool("search_web", summary, "query", MOST_QUERY, search, settings))
    if settings.pages:
        summary = "Read a page of the web, of which the user or a search gave the address: its text."
        tools.append(_tool("read_page", summary, "url", MOST_URL, read, settings))
    return tools


def _tool(name: str, summary: str, argument: str, most: int, run: Any, settings: Web) -> Tool:
    parameters = {
        "type": "object",
        "properties": {argument: {"type": "string", "minLength": 1, "maxLength": most}},
        "required": [argument],
        "additionalProperties": False,
    }
    return Tool(
        name=name,
        summary=summary,
        parameters=parameters,
        run=run,
        foreign=True,
        timeout_s=settings.timeout_s + 5,
        given="url" if name == "read_page" else "",
        asks="may i read a page of the web" if name == "read_page" else "may i search the web",
        most_calls=8,
    )


async def searched(query: str, settings: Web) -> str:
    """The first results, each with title, address and a few lines. `ToolError` when the engine cannot be reached or says nonsense."""
    if settings.engine == "tavily":
        call: dict[str, Any] = {"method": "POST", "json": {"query": query, "max_results": MOST_RESULTS}}
        call["headers"] = {"Authorization": f"Bearer {settings.key}"}
    else:
        form = {"q": query} | ({"format": "json"} if settings.engine == "searxng" else {"count": str(MOST_RESULTS)})
        call = {"method": "GET", "params": form}
        call["headers"] = {"X-Subscription-Token": settings.key} if settings.engine == "brave" else {}
    url = settings.url or ENGINES[settings.engine]
    if settings.engine == "searxng" and not url.rstrip("/").endswith("/search"):
        url = url.rstrip("/") + "/search"
    async with _client(settings, "the search") as client, client.stream(url=url, **call) as response:
        if response.status_code != 200:
            raise ToolError(f"the search does not work: it answers {response.status_code}")
        body = await _body(response)
    try:
        answer = json.loads(body)
        results = (answer["web"] if settings.engine == "brave" else answer)["results"]
        told = [_result(result) for result in results[:MOST_RESULTS]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ToolError("the search gave an answer that makes no sense") from None
    return "\n\n".join(told) or "nothing was found"


def _result(result: JSON) -> str:
    lines = (result["title"], result["url"], result.get("content") or result.get("description") or "")
    return "\n".join(" ".join(str(line).split())[:MOST_SNIPPET] for line in lines).strip()


async def page(url: str, settings: Web) -> str:
    """The text of a page, with its title. `ToolError`, in plain words, when it cannot be had."""
    import httpx2

    async with _client(settings, "the page") as client:
        for _ in range(MOST_REDIRECTS + 1):
            try:
                target = httpx2.URL(url)
            except httpx2.InvalidURL:
                raise ToolError(f"{NOT_READ}: it is no address") from None
            async with _fetched(client, target, settings) as response:
                if response.has_redirect_location:
                    url = str(target.join(response.headers["location"]))
                    continue
                return await _text(response)
    raise ToolError(f"{NOT_READ}: it leads on and on")


@asynccontextmanager
async def _fetched(client: "httpx2.AsyncClient", url: "httpx2.URL", settings: Web) -> AsyncIterator["httpx2.Response"]:
    """The response of one address of the URL's host, of those that were checked."""
    import httpx2

    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise ToolError(f"{NOT_READ}: only http and https addresses, without a password")
    addresses = await checked_addresses(url.raw_host.decode(), url.port or 0, settings)
    headers = {"Host": url.netloc.decode(), "Accept-Encoding": "gzip"}
    for address in addresses[:MOST_TRIED]:
        pinned = url.copy_with(host=address)
        asked = client.build_request("GET", pinned, headers=headers, extensions={"sni_hostname": url.raw_host.decode()})
        try:
            response = await client.send(asked, stream=True)
        except httpx2.ConnectError:
            continue
        try:
            yield response
        finally:
            await response.aclose()
        return
    raise ToolError("the page could not be reached")


async def checked_addresses(host: str, port: int, settings: Web) -> Sequence[str]:
    """The addresses of a host. `ToolError` when there are none, or when one of them is not public."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ToolError(f"{NOT_READ}: there is no such address") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not settings.private and not all(map(is_public, addresses)):
        raise ToolError(f"{NOT_READ}: it is not on the public internet")
    return addresses


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet: not of this machine, its network, or a way around that."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip in NAT64:
            return is_public(str(IPv4Address(int(ip) & 0xFFFFFFFF)))
        return ip in REACHED_V6 and ip.is_global and ip.sixtofour is None and ip.teredo is None
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in NOT_PUBLIC)


@asynccontextmanager
async def _client(settings: Web, what: str) -> AsyncIterator["httpx2.AsyncClient"]:
    """A client whose failures are `ToolError`s, and that is done in time."""
    import httpx2

    timeout = httpx2.Timeout(settings.timeout_s)
    try:
        async with asyncio.timeout(settings.timeout_s):
            async with httpx2.AsyncClient(trust_env=False, timeout=timeout, headers={"User-Agent": AGENT}) as client:
                yield client
    except (TimeoutError, httpx2.TimeoutException):
        raise ToolError(f"{what} took too long") from None
    except (httpx2.HTTPError, httpx2.InvalidURL):
        raise ToolError(f"{what} could not be reached") from None


async def _text(response: "httpx2.Response") -> str:
    if response.status_code != 200:
        raise ToolError(f"{NOT_READ}: the server answers {response.status_code}")
    kind, _, options = response.headers.get("content-type", "text/html").partition(";")
    if kind.strip().lower() not in TEXTS:
        raise ToolError(f"{NOT_READ}: it is no text")
    body = await _body(response)
    if "html" in kind:
        return await asyncio.to_thread(_article, body)
    charset = options.partition("charset=")[2].strip(" \"'") or "utf-8"
    try:
        return body.decode(charset, errors="replace")
    except LookupError:
        return body.decode(errors="replace")


async def _body(response: "httpx2.Response") -> bytes:
    """Up to `MOST_BYTES`, also of what is unpacked; the rest is left."""
    packed = response.headers.get("content-encoding", "identity").lower()
    if packed not in ("identity", "gzip"):
        raise ToolError(f"{NOT_READ}: it is packed in a way that was not asked for")
    held = bytearray()
    async for piece in response.aiter_raw():
        held += piece
        if len(held) >= MOST_BYTES:
            break
    if packed == "identity":
        return bytes(held[:MOST_BYTES])
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(held, MOST_BYTES)
    except zlib.error:
        raise ToolError(f"{NOT_READ}: it is damaged") from None


def _article(body: bytes) -> str:
    """The text of HTML, without menus and the like, under its title."""
    try:
        from trafilatura import bare_extraction
    except ImportError:
        raise ToolError("pages can be read after `uv sync --extra background`") from None
    found: Any = bare_extraction(body, include_comments=False, with_metadata=True)
    if found is None or not (found.text or "").strip():
        raise ToolError(f"{NOT_READ}: there is no text on it")
    return f"{found.title or ''}\n{found.text}".strip()
