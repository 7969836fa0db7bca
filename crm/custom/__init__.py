"""Fields that a company adds to its documents itself, without a migration."""
