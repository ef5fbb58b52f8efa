"""The emulator's own API and pages."""
