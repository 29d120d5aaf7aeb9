"""The brand and the ontology that the deployment sets: settings, and the files that functions bring along."""

import json
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from infra import ontology
from infra.config import Config
from infra.functions import Provision
from infra.layer import BUILD
from souk.domains.marketplace.deployment import MAIL_FOLDER
from souk.runtime.bundle import ONTOLOGY


def environment(config: Config) -> dict[str, str]:
    """Return the variables of all functions. Operators may set other values while the marketplace runs."""
    return {
        "SOUK_NAME": config.name,
        "SOUK_ACCENT": config.accent,
        "SOUK_SUPPORT": config.support or "",
        "SOUK_KEY_REVIEW": "on" if config.key_review else "off",
        "SOUK_LANGUAGES": " ".join(config.languages),
        "SOUK_CURRENCIES": " ".join(config.currencies),
        "SOUK_POWERED_BY": "on" if config.powered_by else "off",
        "SOUK_FRONT_PAGE": config.home or "",
        "SOUK_DOCS": config.docs or "",
        "SOUK_RETENTION_YEARS": str(config.retention_years),
    }


def deployment_provision(config: Config) -> Provision:
    """Return what the function with queries shows to operators of the deployment."""
    return Provision({"SOUK_DEPLOYMENT": json.dumps(config.deployment, separators=(",", ":"))}, [])


def files(config: Config) -> dict[str, Path]:
    """Return the files that the code of functions brings along, by their path in the archive."""
    found = {f"brand/logo{config.logo.suffix.lower()}": config.logo} if config.logo else {}
    if folder := config.mail_templates:
        named = {path.relative_to(folder).as_posix(): path for path in sorted(folder.glob("*/*.txt"))}
        found |= {f"brand/{MAIL_FOLDER}/{name}": path for name, path in named.items()}
    if config.ontology:
        found |= {f"brand/{ONTOLOGY}": _ontology(config.ontology)}
    return found


def _ontology(folder: Path) -> Path:
    """Return the file of the entries of a folder, which is named by its content."""
    content = json.dumps([asdict(one) for one in ontology.entries(folder)], separators=(",", ":")).encode()
    path = BUILD / "ontology" / f"{sha256(content).hexdigest()[:16]}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
