"""HTTP over API Gateway events: requests, responses with security headers, and routing."""

from souk.web.http import Request, Response, json, page, redirect
from souk.web.router import Handler, Route, Router, message_of, status_of

__all__ = [
    "Handler",
    "Request",
    "Response",
    "Route",
    "Router",
    "json",
    "message_of",
    "page",
    "redirect",
    "status_of",
]
