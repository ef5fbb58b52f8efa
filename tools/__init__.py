"""Tools for developers and CI: set-up, the demo, generators, and the engine for tests."""
