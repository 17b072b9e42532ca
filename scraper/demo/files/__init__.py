"""Files that the portals of the demonstration publish: PDF, scans, DOCX, XLSX and photos.

The documents are written by hand, so that their content is known to the letter.
"""

from scraper.demo.files.office import docx, xlsx
from scraper.demo.files.parts import Bullets, Heading, Part, Table
from scraper.demo.files.pdf import pdf
from scraper.demo.files.photos import photo, scan

__all__ = ["Bullets", "Heading", "Part", "Table", "docx", "pdf", "photo", "scan", "xlsx"]
