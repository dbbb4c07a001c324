"""The time zone of this machine."""

import logging
from datetime import datetime, tzinfo

log = logging.getLogger(__name__)


def local_zone() -> tzinfo:
    """With its rules for summer time, asked of the system each time; else only what its clock is ahead of UTC now."""
    from tzlocal import reload_localzone

    try:
        return reload_localzone()
    except (LookupError, OSError, ValueError) as error:
        log.warning("the time zone is not known: %s", type(error).__name__)
        zone = datetime.now().astimezone().tzinfo
        assert zone is not None
        return zone
