"""The lessons as mkdocs built them, and the pages' own files, both behind the sign-in."""

from __future__ import annotations

from tornado.web import StaticFileHandler

from netdojo.portal.answering import POLICY, Page

SITE_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; form-action 'self'; frame-ancestors 'self'"
)
"""Material for MkDocs has scripts and styles in its pages; nothing may come from elsewhere."""


class Files(Page, StaticFileHandler):
    """Files of a folder."""

    def set_extra_headers(self, path: str) -> None:  # noqa: ARG002  # tornado's signature
        """Let the browser ask whether a file has changed, instead of fetching it each time."""
        self.set_header("Cache-Control", "no-cache")


class Static(Files):
    """The pages' styles and scripts."""


class Lessons(Files):
    """The built lessons; a page of its own says so when they are not built."""

    @property
    def content_security_policy(self) -> str:
        return SITE_POLICY if self.room.desk.site_built else POLICY

    async def get(self, path: str, include_body: bool = True) -> None:
        desk = self.room.desk
        if not desk.site_built:
            self.show_missing(str(desk.site() / "index.html"))
        elif self.request.path == f"{self.room_url}/lessons":
            self.redirect(f"{self.room_url}/lessons/")
        else:
            self.root = str(desk.site())
            await super().get(path, include_body)

    def show_missing(self, wanted: str) -> None:
        self.set_status(503)
        self.show(
            "trouble.html",
            here="lessons",
            headline="The lessons are not built yet",
            message=f"There is no {wanted}.",
            step="Run make start in the course's folder, which builds them. The labs work without them.",
        )
