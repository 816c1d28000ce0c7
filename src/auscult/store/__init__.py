"""What stands on disk: Arrow tables, files that appear whole or not at all, cells of tables that others wrote."""
