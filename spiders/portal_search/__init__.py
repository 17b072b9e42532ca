"""The search for the portals of units: a few polite requests to many hosts, and a verdict on each.

It does not crawl: nothing is archived, and no page leads further than the next few requests.
"""
