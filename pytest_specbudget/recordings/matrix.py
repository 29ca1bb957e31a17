"""Cases of a matrix, and the same request for another model.

A case is a model call that a recording holds.  It is asked again in the wire format that it was
recorded in: method, address and body stay as they are, and only the model is exchanged, in the
body, in the path, or in both.  What is no part of the question (credentials, and headers that
belong to one call) is left out; the parameters of a request are never touched.

This module sends nothing, prices nothing and touches no file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

from pytest_specbudget.cassettes.requests import request_of
from pytest_specbudget.cassettes.scrub import REDACTED, scrubbed_headers, scrubbed_uri
from pytest_specbudget.core.exchange import Request
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import RecordingError
from pytest_specbudget.providers.routes import paths

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping

    from pytest_specbudget.cassettes.interaction import Asked, Headers
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.recordings.library import Recording

__all__ = ["Case", "WireFormat", "asked_of", "cases_in", "limited", "rebased"]

_ANSWERED = range(200, 300)

_OF_ONE_CALL = frozenset(
    """
    accept-encoding connection content-encoding content-length expect host keep-alive
    proxy-connection te trailer transfer-encoding upgrade
    idempotency-key traceparent tracestate x-client-request-id x-request-id x-stainless-retry-count
    """.split()  # noqa: SIM905 - a table of words reads better than a list of quotes
)
"""Headers that say how a message travelled, or which call it was; another call has its own.

Source: RFC 9110, section 7.6.1; the headers that the clients of openai 3.54.0 and anthropic 2.12.0
make for each call."""


@dataclass(frozen=True, slots=True)
class WireFormat:
    """A way to ask a model, in which the model can be exchanged.

    Attributes:
        name: As its provider calls it.
        path: Found in the path of such a request; a group `model` holds the model's name.
        limit: Where a request says how many tokens of output it wants at most.
        headers: What each request must have beside its credentials.
    """

    name: str
    path: re.Pattern[str]
    limit: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


_FORMATS = (
    WireFormat(
        "OpenAI Chat Completions", paths.openai("/chat/completions"), ("max_completion_tokens",)
    ),
    WireFormat("OpenAI Responses", paths.openai("/responses"), ("max_output_tokens",)),
    WireFormat("OpenAI Embeddings", paths.openai("(?<!/api)/embeddings")),
    WireFormat(
        "Anthropic Messages",
        paths.ending("^(?!.*/threads/).*/messages"),
        ("max_tokens",),
        (("anthropic-version", "2023-06-01"),),
    ),
    WireFormat(
        "Gemini generateContent",
        paths.google("generateContent|streamGenerateContent"),
        ("generationConfig", "maxOutputTokens"),
    ),
)
"""Source: the request types of openai 3.54.0, anthropic 2.12.0 and google-genai 3.4.0, and the
version header that anthropic 2.12.0 sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One recorded model call.

    Attributes:
        name: Its file and its place there, from 0: `test_plan/test_a.yaml:0`.
        asked: The request as recorded, without credentials.
        reading: What it consumed.
        form: In what format it asks; None for one in which no model can be exchanged.
        answered: Whether its answer is one, and no failure.
    """

    name: str
    asked: Asked
    reading: Reading
    form: WireFormat | None
    answered: bool

    @property
    def kind(self) -> str:
        """What it asks of whom, for people."""
        return self.form.name if self.form else f"{self.reading.provider} {self.reading.operation}"


def cases_in(recording: Recording, name: str) -> Iterator[Case]:
    """Yield the model calls of *recording*, in file order.

    What merely resembles a model call, or asks about one, is none.

    Args:
        recording: Which file.
        name: What to call it.
    """
    for place, reading in enumerate(recording.readings):
        if reading is None or not (reading.certain and reading.called):
            continue
        whole = recording.whole.interactions[place]
        has_address = _is_address(whole.asked.uri)
        yield Case(
            name=f"{name}:{place}",
            asked=_without_credentials(whole.asked) if has_address else whole.asked,
            reading=reading,
            form=_form_of(whole.asked) if has_address else None,
            answered=whole.answer.status in _ANSWERED,
        )


def asked_of(case: Case, model: str) -> Asked:
    """Return the request of *case* for *model*, without credentials.

    Raises:
        RecordingError: If the format is not supported, or the body cannot be written as JSON.
    """
    if case.form is None:
        raise RecordingError(f"{case.kind} is not supported")
    asked, document = case.asked, request_of(case.asked).document
    exchanged = {**document, "model": model} if "model" in document else document
    try:
        body = json.dumps(
            exchanged, ensure_ascii=False, separators=(",", ":"), allow_nan=False
        ).encode()
    except (ValueError, RecursionError) as problem:
        raise RecordingError(
            f"its body cannot be written as JSON again: {reason_of(problem)}"
        ) from None
    return replace(
        asked,
        uri=_uri_for(asked.uri, case.form, model),
        body=body,
        headers=_completed(asked.headers, case.form),
    )


def limited(request: Request, form: WireFormat, output_tokens: int) -> Request:
    """Return *request* as if it asked for at most *output_tokens*; it is never sent like that."""
    if not form.limit:
        return request
    *within, last = form.limit
    document: dict[str, Any] = {**request.document}
    inner = document
    for key in within:
        held = inner.get(key)
        inner[key] = inner = {**held} if isinstance(held, dict) else {}
    inner[last] = output_tokens
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return Request(request.method, request.host, request.path, body, request.query)


def rebased(uri: str, base: str) -> str:
    """Put *base* in the place of scheme and host of *uri*.

    A path in *base* comes first; what the end of it has in common with the path of *uri* stands
    there once, so that both `https://gateway` and `https://gateway/v1` do.
    """
    old, new = urlsplit(uri), urlsplit(base)
    parts = new.path.strip("/").split("/")
    tails = ("/" + "/".join(parts[start:]) for start in range(len(parts)))
    shared = next((tail for tail in tails if old.path.startswith(f"{tail}/")), "")
    path = new.path.rstrip("/").removesuffix(shared) + old.path
    return urlunsplit((new.scheme, new.netloc, path, old.query, ""))


def _is_address(uri: str) -> bool:
    """Tell whether *uri* is one that can be asked; others may scrub more than we do."""
    try:
        url = urlsplit(uri)
        return url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        return False


def _form_of(asked: Asked) -> WireFormat | None:
    """Name the format of a request that says in it which model it wants."""
    request = request_of(asked)
    for form in _FORMATS:
        match = form.path.search(request.path)
        if match and request.document:
            in_path = match.groupdict().get("model") is not None
            return form if in_path or "model" in request.document else None
    return None


def _uri_for(uri: str, form: WireFormat, model: str) -> str:
    url = urlsplit(uri)
    match = form.path.search(url.path)
    if match is None or match.groupdict().get("model") is None:
        return uri
    start, end = match.span("model")
    path = url.path[:start] + quote(model, safe="") + url.path[end:]
    return urlunsplit(url._replace(path=path))


def _without_credentials(asked: Asked) -> Asked:
    url = urlsplit(scrubbed_uri(asked.uri))
    kept = (pair for pair in url.query.split("&") if not pair.endswith(f"={REDACTED}"))
    uri = urlunsplit(url._replace(query="&".join(kept), fragment=""))
    headers = {
        name: values
        for name, values in scrubbed_headers(asked.headers).items()
        if name.lower() not in _OF_ONE_CALL and not any(REDACTED in one for one in values)
    }
    return replace(asked, method=asked.method.upper(), uri=uri, headers=headers)


def _completed(headers: Headers, form: WireFormat) -> Headers:
    """Add what the format needs, where a recording keeps no headers."""
    given = {name.lower() for name in headers}
    needed: Mapping[str, str] = {"content-type": "application/json", **dict(form.headers)}
    return headers | {name: [told] for name, told in needed.items() if name not in given}
