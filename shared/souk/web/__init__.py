"""HTTP over API Gateway events: requests, responses with security headers, and routing."""

from souk.web.http import Request, Response, json, page, redirect
from souk.web.router import Handler, Router, status_of

__all__ = ["Handler", "Request", "Response", "Router", "json", "page", "redirect", "status_of"]
