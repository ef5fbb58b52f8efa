"""The provider against other readings of the API, each with and without lost answers."""
