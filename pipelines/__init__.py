"""Everything that runs before a dashboard: contract, landing, warehouse build, checks, publication."""
