"""Who it really is that comes through our own proxies."""

from django.conf import settings


def client_address(connected: str, forwarded: str) -> str:
    """`connected`: who holds the connection; `forwarded`: X-Forwarded-For as it came.

    What our own outermost proxy wrote counts; what a stranger wrote before it counts for nothing.
    """
    proxies = settings.TRUSTED_PROXIES
    hops = [hop.strip() for hop in forwarded.split(",")]
    if proxies and len(hops) >= proxies:
        return hops[-proxies] or connected
    return connected
