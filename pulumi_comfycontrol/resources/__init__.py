"""Resources as programs declare them."""
