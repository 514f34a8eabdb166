"""The input contract as data.

Belongs here: the datasets (one YAML per system), vendor profiles, and the typed view of both.
Does not belong here: reading files (`pipelines.landing`) or anything that touches a database.
"""

from pipelines.contract.model import Column, Contract, Dataset, load_contract

__all__ = ["Column", "Contract", "Dataset", "load_contract"]
