"""The one way in which this program makes clients for HTTP, and what it knows of proxies."""
