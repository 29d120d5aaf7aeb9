"""Plain HTTP over the events of API Gateway: requests, answers with the headers that keep them safe, and routes."""

from souk.web.http import Request, Response, json, page, redirect
from souk.web.router import Handler, Route, Router, status_of

__all__ = ["Handler", "Request", "Response", "Route", "Router", "json", "page", "redirect", "status_of"]
