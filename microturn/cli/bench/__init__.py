"""`microturn bench ...`: one module per command."""
