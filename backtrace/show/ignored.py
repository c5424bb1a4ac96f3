"""Which rules a recorded run's config turned off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from backtrace.ledger.trace import Header


def ignored_by_config(header: Header) -> Iterator[str]:
    """Yield the rules that the run's config turned off."""
    import yaml  # an update alone is shown without it

    override = header.settings.get("diagnose.ignore")
    try:
        config = yaml.safe_load(header.config)
        found = None if override is None else yaml.safe_load(str(override))
    except (yaml.YAMLError, ValueError, RecursionError):
        return
    if found is None and isinstance(config, Mapping):
        section = config.get("diagnose")
        found = section.get("ignore") if isinstance(section, Mapping) else None
    yield from map(str, found) if isinstance(found, list) else ()
