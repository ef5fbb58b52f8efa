"""Layer that both front-ends share: the resource operations on plain values.

It imports ``core`` alone, so that a process loads Pulumi's SDK only where its front-end needs it.
"""
