"""How much is downloaded and how long that takes, in words. No Qt."""

from voicegui.core.ports import Loading


def describe_loading(loading: Loading) -> str:
    """What, how far, how fast, how long."""
    parts = [loading.what, *amounts(loading)]
    if loading.bytes_per_second > 0:
        parts.insert(2, f"{loading.bytes_per_second / 1e6:.1f} MB/s")
    return " · ".join(parts)


def amounts(loading: Loading) -> list[str]:
    """ "25 % of 1.2 GB", "4 min left", as far as it is known."""
    if not loading.total:
        return []
    parts = [f"{100 * loading.done // loading.total} % of {size(loading.total)}"]
    if loading.bytes_per_second > 0 and loading.total > loading.done:
        seconds = round((loading.total - loading.done) / loading.bytes_per_second)
        parts.append(_duration(seconds))
    return parts


def _duration(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} s left"
    minutes = round(seconds / 60)
    return f"{minutes} min left" if minutes < 90 else f"{round(minutes / 60)} hours left"


def size(number: int) -> str:
    """Bytes as "380 MB" or "1.2 GB"."""
    return f"{number / 1e6:,.0f} MB" if number < 999_500_000 else f"{number / 1e9:.1f} GB"
