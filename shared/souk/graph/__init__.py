"""The graph layer: the schema, what the domains declare for it, and how a request is run. It knows no domain."""

from souk.authentication.scopes import Scope
from souk.graph.binder import BindingError, Graph
from souk.graph.context import Context
from souk.graph.domain import Domain

__all__ = ["BindingError", "Context", "Domain", "Graph", "Scope"]
