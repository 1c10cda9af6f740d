"""What every page has in common: headers, templates, and errors that a person can act on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_server.base.handlers import JupyterHandler
from tornado.httputil import url_concat
from tornado.web import HTTPError

from netdojo import places
from netdojo.errors import InvalidFiles, LedgerDamaged, NetdojoError, NotFound, WrongUse
from netdojo.portal import words

if TYPE_CHECKING:
    from netdojo.portal.extension import Room

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
"""No script and no style but from our own files, and nothing at all from elsewhere."""

Result = TypeVar("Result")


async def away(function: Callable[..., Result], *given: Any) -> Result:
    """Run `function` in a thread, since files, networks and databases make the event loop wait."""
    return await asyncio.get_running_loop().run_in_executor(None, lambda: function(*given))


class Page(JupyterHandler):
    """A page of the portal."""

    @property
    def room(self) -> Room:
        from netdojo.portal.extension import SETTING

        room: Room = self.settings[SETTING]
        return room

    @property
    def room_url(self) -> str:
        return f"{self.base_url}netdojo"

    @property
    def by_script(self) -> bool:
        """Whether htmx asks, which takes parts of a page."""
        return self.request.headers.get("HX-Request") == "true"

    @property
    def content_security_policy(self) -> str:
        return POLICY

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("Cache-Control", "no-store")

    async def prepare(self) -> None:  # type: ignore[override]  # Jupyter's own signature has an extra flag
        """Let nobody in who is not signed in, whatever the route.

        The token is taken out of the address once it has signed the browser in, so that it stays in no history.
        """
        await super().prepare()
        if self._finished:
            return
        if not self.current_user:
            self.sign_in()
        elif self.request.method == "GET" and "token" in self.request.query_arguments:
            rest = [(key, value) for key in self.request.query_arguments for value in self.get_query_arguments(key)]
            self.redirect(url_concat(self.request.path, [pair for pair in rest if pair[0] != "token"]))

    def sign_in(self) -> None:
        """Send a reader to Jupyter's sign-in and back; raises 403 for anything but reading."""
        if self.request.method not in {"GET", "HEAD"}:
            raise HTTPError(403)
        self.redirect(url_concat(self.get_login_url(), {"next": self.request.uri or self.room_url}))

    def count_as_activity(self) -> None:
        """Note that the learner does something; looking at a state is none."""
        self.settings["api_last_activity"] = datetime.now(timezone.utc)

    def given(self) -> dict[str, Any]:
        """Return what every template may use.

        A form carries the cookie's own token: `xsrf_token` is masked anew each time, so no part would stay as it is.
        """
        token = self.get_cookie("_xsrf") or self.xsrf_token.decode("ascii")
        return {"url": self.room_url, "base_url": self.base_url, "xsrf": token}

    def show(self, name: str, **given: Any) -> None:
        """Send the page of the template `name`."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(self.room.templates.get_template(name).render(**self.given(), **given))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log what is netdojo's own fault; what tells the learner something is no fault."""
        if not isinstance(value, NetdojoError):
            super().log_exception(typ, value, tb)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Send a calm page: what happened, what it means for the work, and the next step; never a traceback."""
        error = (kwargs.get("exc_info") or (None, None, None))[1]
        trouble = trouble_of(error, status_code)
        self.set_status(trouble["status"])
        self.show("trouble.html", here="", **trouble)


def trouble_of(error: BaseException | None, status: int) -> dict[str, Any]:
    """Return what a page says of an error, with the HTTP status that fits it."""
    if isinstance(error, OSError):
        error = places.refusal(error) or error
    if isinstance(error, LedgerDamaged):
        return told(503, headline_of(error), error.message, error.help, unharmed="")
    if isinstance(error, NetdojoError):
        return told(status_of(error), headline_of(error), error.message, error.help)
    if status == 404:
        said = reason(error, "There is no such page.")
        return told(404, "This is not here", said, "The catalogue lists what there is.")
    if status in {401, 403}:
        said = "This page was opened too long ago, or by someone else."
        return told(status, "This is not allowed", said, "Load it again.")
    return told(status, "Something in netdojo went wrong", "The server's log says what.", "Load this page again.")


def status_of(error: NetdojoError) -> int:
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, InvalidFiles):
        return 500
    return 409 if isinstance(error, WrongUse) else 503


def headline_of(error: NetdojoError) -> str:
    if isinstance(error, NotFound):
        return "This is not here"
    return "The course has faults in its files" if isinstance(error, InvalidFiles) else "This cannot be done now"


def reason(error: BaseException | None, otherwise: str) -> str:
    """Return what a handler said of a missing thing, as a sentence."""
    said = error.log_message if isinstance(error, HTTPError) and error.log_message else ""
    return f"There is {said}." if said.startswith("no ") else otherwise


def told(status: int, headline: str, message: str, step: str, *, unharmed: str = words.NOTHING_LOST) -> dict[str, Any]:
    return {"status": status, "headline": headline, "message": message, "step": step, "unharmed": unharmed}
