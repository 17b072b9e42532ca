"""Every Scrapy setting of ours, in one place: only what differs from the default, and why."""
