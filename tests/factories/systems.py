"""Systems that report for an organ, as the services let them in."""

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.test import Client

from tests.factories.accounts import NOW, ORGAN, TODAY
from tests.factories.jobs import jobs_run
from xinheng.accounts.domain import Purpose
from xinheng.accounts.services import ClientLetter, client_register_from_server

PENALTY = "administrative_penalty"


def make_system(
    name: str = "执法办案系统", *, organ: str = ORGAN, items=(PENALTY,), purposes=tuple(Purpose), **more: Any
) -> ClientLetter:
    """Return a system that was registered at the server."""
    values = {"valid_from": TODAY, "ground": "奉演〔2026〕9号", "person": "机房值班", "now": NOW} | more
    return client_register_from_server(name=name, organ_code=organ, items=items, purposes=purposes, **values)


def token_of(letter: ClientLetter, *, scope: str = "") -> str:
    """Return a token that the system got for its secret."""
    asked = {"grant_type": "client_credentials", "client_id": letter.client_id, "client_secret": letter.secret}
    response = Client().post("/oauth/token", asked | ({"scope": scope} if scope else {}))
    assert response.status_code == 200, response.content
    return str(response.json()["access_token"])


@dataclass
class Door:
    """A system at the door of the API."""

    token: str
    client: Client = field(default_factory=Client)
    keys: Any = field(default_factory=lambda: count(1))

    def post(self, path: str, body: Any = None, *, key: str = "", **more: Any):
        """Send a request with a key of its own."""
        given = {"content_type": "application/json"} | more
        response = self.client.post(
            f"/api/v1/submissions{path}",
            body if isinstance(body, bytes) else json.dumps(body or {}),
            HTTP_AUTHORIZATION=f"Bearer {self.token}",
            HTTP_IDEMPOTENCY_KEY=key or f"key-{next(self.keys):06d}",
            **given,
        )
        if path.endswith("/check"):
            jobs_run()  # a worker is at hand
        return response

    def get(self, path: str):
        """Ask."""
        return self.client.get(f"/api/v1/submissions{path}", HTTP_AUTHORIZATION=f"Bearer {self.token}")

    def begin(self, item: str = PENALTY, **more: Any) -> str:
        """Begin a report; return its id."""
        response = self.post("", {"item": item, "secret_free": True} | more)
        assert response.status_code == 201, response.content
        return str(response.json()["id"])

    def send(self, rows: list[dict[str, Any]], **more: Any) -> str:
        """Send rows and have them checked; return the report's id."""
        report = self.begin(**more)
        assert self.post(f"/{report}/rows", {"rows": rows}).status_code == 200
        response = self.post(f"/{report}/check")
        assert response.status_code == 202, response.content
        return report
