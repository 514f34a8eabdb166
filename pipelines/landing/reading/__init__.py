"""Files to one DuckDB table of texts: `source`, as the file has it, not yet judged.

Belongs here: file formats, record numbers, records whose form is broken.
Does not belong here: which dataset a file is (`pipelines.landing.recognise`), types and domains (`check`).
"""
