"""Scrapy's own commands in this project: for developers, with the safety of `tinhuyen`.

Scrapy finds one command in each module, and calls it as the module is called.
"""
