"""The authorization server's metadata (RFC 8414)."""

from typing import Any

from souk.authentication.scopes import Scope

AUTHORIZE, TOKEN = "/oauth2/authorize", "/oauth2/token"
REVOKE, INTROSPECT = "/oauth2/revoke", "/oauth2/introspect"
_WITH_SECRET = ["client_secret_basic", "client_secret_post"]


def server_metadata(issuer: str, *, implicit: bool) -> dict[str, Any]:
    """Return the metadata document."""
    return {
        "issuer": issuer,
        "authorization_endpoint": issuer + AUTHORIZE,
        "token_endpoint": issuer + TOKEN,
        "revocation_endpoint": issuer + REVOKE,
        "introspection_endpoint": issuer + INTROSPECT,
        "scopes_supported": [scope.id for scope in Scope],
        "response_types_supported": ["code", *(["token"] if implicit else [])],
        "response_modes_supported": ["query", *(["fragment"] if implicit else [])],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            *(["implicit"] if implicit else []),
        ],
        "token_endpoint_auth_methods_supported": [*_WITH_SECRET, "none"],
        "revocation_endpoint_auth_methods_supported": [*_WITH_SECRET, "none"],
        "introspection_endpoint_auth_methods_supported": _WITH_SECRET,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }
