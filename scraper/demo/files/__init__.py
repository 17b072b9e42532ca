"""Files that the portals of the demonstration publish: PDF, scans, DOCX, XLSX and drawn photos.

The documents are written by hand, so that their content is known to the letter.
"""

from scraper.demo.files.drawings import drawing
from scraper.demo.files.office import docx, xlsx
from scraper.demo.files.parts import Bullets, Heading, Part, Table
from scraper.demo.files.pdf import pdf
from scraper.demo.files.scans import scan

__all__ = ["Bullets", "Heading", "Part", "Table", "docx", "drawing", "pdf", "scan", "xlsx"]
