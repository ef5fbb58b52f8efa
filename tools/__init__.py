"""What developers and CI run: set-up, the demo, and the engine for tests."""
