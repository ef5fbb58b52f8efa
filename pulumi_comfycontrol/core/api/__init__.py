"""The API's client, and the chain that each request passes."""
