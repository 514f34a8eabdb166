"""The landing tests' small company, for what is written for it and what it sends back."""

from tests.unit.landing.conftest import Company, company, new_company

__all__ = ["Company", "company", "new_company"]
