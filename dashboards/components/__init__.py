"""Parts that pages are made of.

Belongs here: the frame around a page, filters, cards, tables, downloads.
Does not belong here: what one page says.
"""
