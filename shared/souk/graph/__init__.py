"""The graph layer: the schema, the domains' declarations, and the execution of requests. It imports no domain."""

from souk.authentication.scopes import Scope
from souk.graph.binder import BindingError, Graph
from souk.graph.context import Context
from souk.graph.domain import Domain, ListSize

__all__ = ["BindingError", "Context", "Domain", "Graph", "ListSize", "Scope"]
