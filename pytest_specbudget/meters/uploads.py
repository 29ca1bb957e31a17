"""What an upload says beside its files, where its body can be sent once only.

A form with files is put together while it is sent, so that nobody can look at it before.  The
fields beside the files stand in what puts it together, and one of them names the model: the answer
to a recording that is transcribed names none.

Such a request has no body that could be seen, and so no fingerprint: two uploads with equal fields
may be of different files.

Source: `MultipartStream` of httpx 0.28.1 and httpx2 2.16.2, `MultipartEncoder` of requests-toolbelt
1.0.0, `FormData` of aiohttp 3.14.5 (checked 2026-11-23).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.providers.forms import said

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Upload", "request_of"]


class Upload(Request):
    """A request whose body could not be seen, but for the plain fields of its form.

    Attributes:
        said: Text by name, True or False where it says so, None for a file or a long text.
    """

    __slots__ = ("said",)

    said: Mapping[str, Any]

    @property
    def document(self) -> Mapping[str, Any]:
        """What the form says; see `said`."""
        return self.said


def request_of(  # noqa: PLR0913, PLR0917 - those of `Request`, and where else to look
    method: str, host: str, path: str, body: bytes | None, query: str, form: Any
) -> Request:
    """Make a request, of which *form* tells something if its *body* could not be seen.

    Args:
        method: As `Request` has it, and so are the host, the path, the body and the query.
        host: See there.
        path: See there.
        body: See there.
        query: See there.
        form: What a client sends as the body, or makes it of; anything.
    """
    fields = () if body is not None else _fields(form)
    told = {name: said(value) for name, value in fields if isinstance(name, str)}
    if not told:
        return Request(method, host, path, body, query)
    upload = Upload(method, host, path, None, query)
    upload.said = told
    return upload


def _fields(form: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the fields of *form*, names and values; none if it is no form that we know."""
    if isinstance(form, Mapping):  # aiohttp makes a form of it
        yield from form.items()
        return
    of_aiohttp = getattr(form, "_fields", None)
    if isinstance(of_aiohttp, list):
        yield from ((options.get("name"), value) for options, _, value in of_aiohttp)
        return
    listed = form if isinstance(form, list | tuple) else getattr(form, "fields", None)
    if isinstance(listed, Mapping):  # the toolbelt of requests
        yield from listed.items()
    elif isinstance(listed, list | tuple):
        yield from map(_named, listed)


def _named(field: Any) -> tuple[Any, Any]:
    """Return name and value of a field of httpx, whose files have no value, or of a pair."""
    match field:
        case (name, value, *_):
            return (name, value)
    return (getattr(field, "name", None), getattr(field, "value", None))
